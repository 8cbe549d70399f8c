import type { Letter } from '#platform/mail'
import { timeText, type Locale } from '#platform/values'

/** The recipient of an e-mail, and the shop that sends it. `lifetime` of the link is in milliseconds. */
type LetterInput = Readonly<{ to: string; name: string; locale: Locale; shop: string; url: string; lifetime: number }>

const greeting = (locale: Locale, name: string): string =>
  locale === 'ru' ? `Здравствуйте${name ? `, ${name}` : ''}!` : `Hello${name ? `, ${name}` : ''}!`

const ignore: Readonly<Record<Locale, string>> = {
  ru: 'Если вы этого не запрашивали, просто не открывайте ссылку: ничего не изменится.',
  en: 'If you did not ask for this, ignore this e-mail: nothing changes unless you open the link.',
}

/**
 * The e-mail with a link that verifies a mailbox. A guest whose mailbox another person registered must see that this is no
 * ordinary confirmation of an order.
 */
export const verificationLetter = ({ to, name, locale, shop, url, lifetime }: LetterInput): Letter => ({
  to,
  locale,
  ...(locale === 'ru'
    ? {
        subject: `Подтвердите почту — ${shop}`,
        paragraphs: [
          greeting(locale, name),
          'С этим адресом в магазине создали учётную запись с паролем.',
          `Если это сделали вы, откройте ссылку в том же браузере, где регистрировались, чтобы подтвердить почту. Ссылка действует ${timeText(lifetime, locale)}. В другом браузере она тоже сработает, но пароль придётся задать заново.`,
        ],
        link: { label: 'Подтвердить почту', url },
        footer:
          'Если учётную запись создали не вы, не открывайте ссылку. Чтобы забрать учётную запись себе, на странице входа запросите новый пароль: он заменит чужой, и на всех устройствах придётся войти снова.',
      }
    : {
        subject: `Confirm your e-mail — ${shop}`,
        paragraphs: [
          greeting(locale, name),
          'Someone created an account with a password in the shop, with this e-mail.',
          `If it was you, open the link in the browser where you registered to confirm your e-mail. It works for ${timeText(lifetime, locale)}. In another browser it works too, but you will have to set a new password.`,
        ],
        link: { label: 'Confirm your e-mail', url },
        footer:
          'If you did not create the account, do not open the link. To make the account yours, request a new password on the sign-in page: it replaces the one that was chosen, and signs everyone out.',
      }),
})

/** The e-mail with a link that sets a new password. */
export const resetLetter = ({ to, name, locale, shop, url, lifetime }: LetterInput): Letter => ({
  to,
  locale,
  ...(locale === 'ru'
    ? {
        subject: `Новый пароль — ${shop}`,
        paragraphs: [
          greeting(locale, name),
          `Откройте ссылку, чтобы задать новый пароль. Она сработает один раз и действует ${timeText(lifetime, locale)}. На других устройствах придётся войти снова.`,
        ],
        link: { label: 'Задать новый пароль', url },
      }
    : {
        subject: `Your new password — ${shop}`,
        paragraphs: [
          greeting(locale, name),
          `Open the link to set a new password. It works once, within ${timeText(lifetime, locale)}. You will have to log in again on your other devices.`,
        ],
        link: { label: 'Set a new password', url },
      }),
  footer: ignore[locale],
})

/** The e-mail with the code that adds a mailbox to an account. It names no person, because anyone may enter any address. */
export const linkLetter = ({
  to,
  locale,
  shop,
  code,
  lifetime,
}: Omit<LetterInput, 'name' | 'url'> & Readonly<{ code: string }>): Letter => ({
  to,
  locale,
  code,
  ...(locale === 'ru'
    ? {
        subject: `Код для входа по почте — ${shop}`,
        paragraphs: [
          greeting(locale, ''),
          `Введите этот код в магазине, чтобы добавить почту к своей учётной записи. Код действует ${timeText(lifetime, locale)}.`,
        ],
        footer:
          'Никому не сообщайте этот код: с ним другой человек сможет входить с вашей почтой. Если вы его не запрашивали, просто удалите это письмо.',
      }
    : {
        subject: `Your e-mail code — ${shop}`,
        paragraphs: [
          greeting(locale, ''),
          `Enter this code in the shop to add your e-mail to your account. It works for ${timeText(lifetime, locale)}.`,
        ],
        footer:
          'Do not share this code: with it, someone else could sign in with your e-mail. If you did not ask for it, ignore this e-mail.',
      }),
})

/** The e-mail to each verified mailbox of two accounts that were merged. */
export const mergedLetter = ({ to, name, locale, shop, lifetime }: Omit<LetterInput, 'url'>): Letter => ({
  to,
  locale,
  ...(locale === 'ru'
    ? {
        subject: `Две учётные записи объединены — ${shop}`,
        paragraphs: [
          greeting(locale, name),
          `Две ваши учётные записи объединены в одну: заказы и способы входа у неё общие. В течение ${timeText(lifetime, locale)} объединение можно отменить в профиле.`,
        ],
        footer: 'Если это сделали не вы, сразу напишите в магазин.',
      }
    : {
        subject: `Two accounts were merged — ${shop}`,
        paragraphs: [
          greeting(locale, name),
          `Your two accounts are now one, with the orders and the ways to sign in of both. You can reverse the merge in your profile within ${timeText(lifetime, locale)}.`,
        ],
        footer: 'If you did not do this, write to the shop at once.',
      }),
})
