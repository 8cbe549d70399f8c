import type { Letter } from '#platform/mail'
import type { Locale } from '#platform/values'

/** The person that a letter goes to, and the shop that writes it. */
type Writing = Readonly<{ to: string; name: string; locale: Locale; shop: string; url: string }>

const greeting = (locale: Locale, name: string): string =>
  locale === 'ru' ? `Здравствуйте${name ? `, ${name}` : ''}!` : `Hello${name ? ` ${name}` : ''}!`

const ignore: Readonly<Record<Locale, string>> = {
  ru: 'Если вы этого не просили, ничего не делайте: без ссылки ничего не изменится.',
  en: 'If you did not ask for this, do nothing: nothing changes without the link.',
}

/** The letter with a link that verifies a mailbox. */
export const verificationLetter = ({ to, name, locale, shop, url }: Writing): Letter => ({
  to,
  locale,
  ...(locale === 'ru'
    ? {
        subject: `Подтвердите почту — ${shop}`,
        paragraphs: [greeting(locale, name), 'Откройте ссылку, чтобы подтвердить свою почту. Она действует сутки.'],
        link: { label: 'Подтвердить почту', url },
      }
    : {
        subject: `Confirm your e-mail — ${shop}`,
        paragraphs: [greeting(locale, name), 'Open the link to confirm your e-mail. It works for one day.'],
        link: { label: 'Confirm the e-mail', url },
      }),
  footer: ignore[locale],
})

/** The letter with a link that sets a new password. */
export const resetLetter = ({ to, name, locale, shop, url }: Writing): Letter => ({
  to,
  locale,
  ...(locale === 'ru'
    ? {
        subject: `Новый пароль — ${shop}`,
        paragraphs: [
          greeting(locale, name),
          'Откройте ссылку, чтобы задать новый пароль. Она действует час и только один раз. На других устройствах придётся войти снова.',
        ],
        link: { label: 'Задать новый пароль', url },
      }
    : {
        subject: `Your new password — ${shop}`,
        paragraphs: [
          greeting(locale, name),
          'Open the link to set a new password. It works once, for one hour. You will have to log in again on your other devices.',
        ],
        link: { label: 'Set a new password', url },
      }),
  footer: ignore[locale],
})
