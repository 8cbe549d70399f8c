import { html, type Html } from '#platform/html'
import type { Routes } from '#platform/http'
import type { Locale } from '#platform/values'
import { formPageHeaders, formPages } from '../../auth/page.ts'
import { passwordLength } from '../../password.ts'

const { minLength, maxLength } = passwordLength

const texts = {
  ru: {
    title: 'Приглашение в Posad',
    lead: 'Создайте учётную запись, чтобы работать в магазине.',
    name: 'Имя',
    email: 'Почта',
    password: `Пароль, не короче ${minLength} знаков`,
    submit: 'Принять приглашение',
    done: 'Готово: учётная запись создана.',
    next: 'Что дальше',
    work: 'В этой версии ещё нет страниц для сотрудников. Управляйте товарами, заказами и доставкой через API:',
    documentation: 'Откройте документацию API',
    login: 'Выполните POST /api/v1/auth/login с этой почтой и паролем и скопируйте access_token.',
    authorize: 'Нажмите Authorize, вставьте токен и пользуйтесь маршрутами /api/v1/admin.',
    shop: 'Витрина магазина',
    failed: 'Не удалось принять приглашение. Проверьте связь и попробуйте ещё раз.',
  },
  en: {
    title: 'Invitation to Posad',
    lead: 'Create an account to work in the shop.',
    name: 'Name',
    email: 'E-mail',
    password: `Password, at least ${minLength} characters`,
    submit: 'Accept the invitation',
    done: 'Done: your account is ready.',
    next: 'What to do next',
    work: 'This version has no pages for staff yet. Manage products, orders and deliveries through the API:',
    documentation: 'Open the API documentation',
    login: 'Run POST /api/v1/auth/login with this e-mail and password, and copy the access_token.',
    authorize: 'Choose Authorize, paste the token, and use the routes of /api/v1/admin.',
    shop: 'The shop',
    failed: 'The invitation could not be accepted. Check the connection and try again.',
  },
} satisfies Record<Locale, Record<string, string>>

const pages = formPages({
  action: '/api/v1/auth/invitations/accept',
  texts,
  fields: (locale) => [
    { label: texts[locale].name, attributes: html`name="name" required maxlength="100" autocomplete="name"` },
    {
      label: texts[locale].email,
      attributes: html`name="email" type="email" required maxlength="254" autocomplete="username"`,
    },
    {
      label: texts[locale].password,
      attributes: html`name="password" type="password" required minlength="${minLength}" maxlength="${maxLength}"
      autocomplete="new-password"`,
    },
  ],
  next: nextSteps,
})

// The page is for people, so the API document does not contain it.
const schema = { hide: true, response: {} }

/** The page of an invitation link: `/invitation#<code>`. */
export const acceptInvitationPage: Routes = (http) => {
  http.get('/invitation', { schema, config: { access: 'anyone' } }, async (request, reply) =>
    reply.headers(formPageHeaders).send(pages[request.locale]),
  )
}

function nextSteps(locale: Locale): Html {
  const { next, work, documentation, login, authorize, shop } = texts[locale]
  return html`<h2>${next}</h2>
    <p>${work}</p>
    <ol>
      <li><a href="/api/docs">${documentation}</a></li>
      <li>${login}</li>
      <li>${authorize}</li>
    </ol>
    <p><a href="/">${shop}</a></p>`
}
