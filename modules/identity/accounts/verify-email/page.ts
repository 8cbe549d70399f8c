import { html } from '#platform/html'
import type { Routes } from '#platform/http'
import type { Locale } from '#platform/values'
import { formPageHeaders, formPages } from '../../auth/page.ts'

const texts = {
  ru: {
    title: 'Подтверждение почты',
    lead: 'Нажмите кнопку, если вы сами регистрировались в магазине. Если нет, закройте страницу: вашу почту указал другой человек.',
    submit: 'Подтвердить почту',
    done: 'Готово: почта подтверждена. Пароль, указанный при регистрации, больше не действует: запросите при входе новый.',
    failed: 'Не удалось подтвердить почту. Проверьте связь и попробуйте ещё раз.',
    shop: 'В магазин',
  },
  en: {
    title: 'Confirm your e-mail',
    lead: 'Press the button if you registered in the shop yourself. If you did not, close this page: another person has entered your e-mail.',
    submit: 'Confirm your e-mail',
    done: 'Done: your e-mail is confirmed. The password of the registration no longer works: request a new one when you sign in.',
    failed: 'Your e-mail could not be confirmed. Check the connection and try again.',
    shop: 'To the shop',
  },
} satisfies Record<Locale, Record<string, string>>

const pages = formPages({
  action: '/api/v1/auth/email/verify',
  texts,
  fields: () => [],
  next: (locale) => html`<p><a href="/">${texts[locale].shop}</a></p>`,
})

// The page is for people, so the API document does not contain it.
const schema = { hide: true, response: {} }

/** The page of the link in a mail that verifies a mailbox: `/email/verify#<code>`. Programs that open links of mails press no button. */
export const verifyEmailPage: Routes = (http) => {
  http.get('/email/verify', { schema, config: { access: 'anyone' } }, async (request, reply) =>
    reply.headers(formPageHeaders).send(pages[request.locale]),
  )
}
