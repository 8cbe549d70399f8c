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

/** The letter with the code that adds a mailbox to an account. It names no person: anyone may enter an e-mail. */
export const linkLetter = ({
  to,
  locale,
  shop,
  code,
}: Omit<Writing, 'name' | 'url'> & Readonly<{ code: string }>): Letter => ({
  to,
  locale,
  code,
  ...(locale === 'ru'
    ? {
        subject: `Код для входа по почте — ${shop}`,
        paragraphs: [
          greeting(locale, ''),
          'Введите этот код в магазине, чтобы добавить почту к своей учётной записи. Он действует пятнадцать минут.',
        ],
        footer:
          'Никому не сообщайте код: с ним вашей почтой сможет входить другой человек. Если вы его не просили, ничего не делайте.',
      }
    : {
        subject: `The code for your e-mail — ${shop}`,
        paragraphs: [
          greeting(locale, ''),
          'Enter this code in the shop to add your e-mail to your account. It works for fifteen minutes.',
        ],
        footer:
          'Give the code to no other person, who could then sign in with your e-mail. If you did not ask for it, do nothing.',
      }),
})

/** The letter to each verified mailbox of two accounts that were merged. */
export const mergedLetter = ({
  to,
  name,
  locale,
  shop,
  days,
}: Omit<Writing, 'url'> & Readonly<{ days: number }>): Letter => ({
  to,
  locale,
  ...(locale === 'ru'
    ? {
        subject: `Две учётные записи объединены — ${shop}`,
        paragraphs: [
          greeting(locale, name),
          `Две ваши учётные записи теперь одна: заказы и способы входа у неё общие. В течение ${days} дней объединение можно отменить в профиле.`,
        ],
        footer: 'Если это сделали не вы, сразу напишите в магазин.',
      }
    : {
        subject: `Two accounts were merged — ${shop}`,
        paragraphs: [
          greeting(locale, name),
          `Your two accounts are one now: it has the orders and the ways to sign in of both. For ${days} days you can reverse the merge in your profile.`,
        ],
        footer: 'If this was not you, write to the shop at once.',
      }),
})
