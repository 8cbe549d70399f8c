import { createHash } from 'node:crypto'
import type { Routes } from '#platform/http'
import type { Locale } from '#platform/values'

const texts = {
  ru: {
    title: 'Приглашение в Posad',
    lead: 'Создайте учётную запись, чтобы работать в магазине.',
    name: 'Имя',
    email: 'Почта',
    password: 'Пароль, не меньше 8 знаков',
    accept: 'Принять приглашение',
    done: 'Готово: учётная запись создана.',
    next: 'Что дальше',
    work: 'Страниц для сотрудников в этой версии ещё нет. С товарами, заказами и доставками работают через API:',
    documentation: 'Откройте документацию API',
    login: 'Выполните POST /api/v1/auth/login с этой почтой и паролем и скопируйте access_token.',
    authorize: 'Нажмите Authorize, вставьте токен — и пользуйтесь маршрутами /api/v1/admin.',
    shop: 'Витрина магазина',
    incomplete: 'Ссылка неполная: откройте её целиком.',
    failed: 'Не удалось принять приглашение. Проверьте связь и попробуйте ещё раз.',
    noscript: 'Для этой страницы нужен JavaScript.',
  },
  en: {
    title: 'Invitation to Posad',
    lead: 'Create an account to work in the shop.',
    name: 'Name',
    email: 'E-mail',
    password: 'Password, at least 8 characters',
    accept: 'Accept the invitation',
    done: 'Done: the account exists.',
    next: 'What to do next',
    work: 'This version has no pages for the staff yet. Products, orders and deliveries are managed through the API:',
    documentation: 'Open the API documentation',
    login: 'Run POST /api/v1/auth/login with this e-mail and password, and copy the access_token.',
    authorize: 'Choose Authorize, paste the token, and use the routes of /api/v1/admin.',
    shop: 'The shop',
    incomplete: 'The link is incomplete: open the complete link.',
    failed: 'The invitation could not be accepted. Check the connection and try again.',
    noscript: 'This page needs JavaScript.',
  },
} satisfies Record<Locale, Record<string, string>>

const style = `:root{color-scheme:light dark;--ink:#1d2a24;--paper:#fffdf8;--ground:#eef2ea;--leaf:#2f6b4f;--line:#d9dfd3;--stop:#a33a2a}
@media(prefers-color-scheme:dark){:root{--ink:#e9efe9;--paper:#1e2622;--ground:#141a17;--leaf:#7cc3a0;--line:#34413a;--stop:#f09a8a}}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;min-height:100dvh;display:grid;place-items:center;padding:1rem;background:var(--ground);color:var(--ink);font:1rem/1.5 system-ui,sans-serif}
main{width:100%;max-width:24rem;padding:2rem;border-radius:1.25rem;background:var(--paper);border:1px solid var(--line)}
h1{margin:0;font-size:1.5rem;line-height:1.25;text-wrap:balance}form p{margin:.5rem 0 0;opacity:.75}
label{display:block;margin:1rem 0}
input{display:block;width:100%;margin-top:.25rem;padding:.7rem;border:1px solid var(--line);border-radius:.75rem;background:var(--ground);color:inherit;font:inherit}
button{width:100%;margin-top:.5rem;padding:.8rem;border:0;border-radius:.75rem;background:var(--leaf);color:var(--paper);font:inherit;font-weight:600;cursor:pointer}
button:disabled{opacity:.5}
h2{margin:1.5rem 0 0;font-size:1.1rem}ol{padding-left:1.25rem}li{margin:.5rem 0}a{color:var(--leaf)}section p{margin:.5rem 0 0}
[role=status]{margin:1rem 0 0}[role=status]:empty{display:none}form:not([hidden])~[role=status]{color:var(--stop)}`

// The code is in the fragment of the link. Browsers do not send the fragment, so no server or proxy logs the code.
const script = `{
const form=document.forms[0],status=document.querySelector('[role=status]'),next=document.querySelector('section'),texts=form.dataset
const code=location.hash.slice(1)
if(!code){status.textContent=texts.incomplete;form.hidden=true}
form.addEventListener('submit',async(event)=>{
  event.preventDefault()
  const button=form.querySelector('button')
  button.disabled=true
  status.textContent=''
  try{
    const response=await fetch('/api/v1/auth/invitations/accept',{method:'POST',
      headers:{'content-type':'application/json','accept-language':document.documentElement.lang},
      body:JSON.stringify({code,...Object.fromEntries(new FormData(form))})})
    if(response.ok){form.hidden=true;history.replaceState(null,'',location.pathname);status.textContent=texts.done;next.hidden=false}
    else{const problem=await response.json();status.textContent=(problem.errors?.[0]?.detail??problem.detail)||texts.failed}
  }catch{status.textContent=texts.failed}
  button.disabled=false
})
}`

const hashSource = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`

/** Allows exactly this script and this style, and requests to this origin. */
const policy = [
  `default-src 'none'`,
  `script-src ${hashSource(script)}`,
  `style-src ${hashSource(style)}`,
  `connect-src 'self'`,
  `base-uri 'none'`,
  `form-action 'none'`,
  `frame-ancestors 'none'`,
].join('; ')

const pages: Readonly<Record<Locale, string>> = { ru: pageIn('ru'), en: pageIn('en') }

// The page is for people, so the API document does not contain it.
const schema = { hide: true, response: {} }

/** The page of an invitation link: `/invitation#<code>`. It loads nothing from other addresses. */
export const acceptInvitationPage: Routes = (http) => {
  http.get('/invitation', { schema, config: { access: 'anyone' } }, async (request, reply) =>
    reply
      .headers({
        'content-type': 'text/html; charset=utf-8',
        'content-security-policy': policy,
        'referrer-policy': 'no-referrer',
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
        vary: 'accept-language',
      })
      .send(pages[request.locale]),
  )
}

function pageIn(locale: Locale): string {
  const { title, lead, name, email, password, accept, done, incomplete, failed, noscript } = texts[locale]
  const { next, work, documentation, login, authorize, shop } = texts[locale]
  return `<!doctype html>
<html lang="${locale}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="robots" content="noindex">
<title>${title}</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>${title}</h1>
<noscript><p>${noscript}</p></noscript>
<form data-done="${done}" data-incomplete="${incomplete}" data-failed="${failed}">
<p>${lead}</p>
<label>${name}<input name="name" required maxlength="100" autocomplete="name"></label>
<label>${email}<input name="email" type="email" required maxlength="254" autocomplete="username"></label>
<label>${password}<input name="password" type="password" required minlength="8" maxlength="128" autocomplete="new-password"></label>
<button>${accept}</button>
</form>
<p role="status"></p>
<section hidden>
<h2>${next}</h2>
<p>${work}</p>
<ol>
<li><a href="/api/docs">${documentation}</a></li>
<li>${login}</li>
<li>${authorize}</li>
</ol>
<p><a href="/">${shop}</a></p>
</section>
</main>
<script>${script}</script>
</body>
</html>
`
}
