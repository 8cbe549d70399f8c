import { html } from '#platform/html'
import type { Routes } from '#platform/http'
import type { Locale } from '#platform/values'
import { formPageHeaders, formPages } from '../../auth/page.ts'
import { passwordLength } from '../../password.ts'

const { minLength, maxLength } = passwordLength

const texts = {
  ru: {
    title: 'Новый пароль',
    lead: 'Задайте новый пароль. На всех устройствах придётся войти снова.',
    submit: 'Задать пароль',
    done: 'Готово: войдите с новым паролем.',
    failed: 'Не удалось задать пароль. Проверьте связь и попробуйте ещё раз.',
    shop: 'В магазин',
    password: `Новый пароль, не короче ${minLength} знаков`,
  },
  en: {
    title: 'New password',
    lead: 'Set a new password. You will have to log in again on all devices.',
    submit: 'Set the password',
    done: 'Done: log in with the new password.',
    failed: 'The password could not be set. Check the connection and try again.',
    shop: 'To the shop',
    password: `New password, at least ${minLength} characters`,
  },
} satisfies Record<Locale, Record<string, string>>

const pages = formPages({
  action: '/api/v1/auth/password/reset',
  texts,
  fields: (locale) => [
    {
      label: texts[locale].password,
      attributes: html`name="new_password" type="password" required minlength="${minLength}" maxlength="${maxLength}"
      autocomplete="new-password"`,
    },
  ],
  next: (locale) => html`<p><a href="/">${texts[locale].shop}</a></p>`,
})

// The page is for people, so the API document does not contain it.
const schema = { hide: true, response: {} }

/** The page of the link in a mail that sets a new password: `/password/reset#<code>`. */
export const resetPasswordPage: Routes = (http) => {
  http.get('/password/reset', { schema, config: { access: 'anyone' } }, async (request, reply) =>
    reply.headers(formPageHeaders).send(pages[request.locale]),
  )
}
