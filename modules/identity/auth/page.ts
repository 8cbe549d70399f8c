import { pageHeaders } from '#platform/http'
import type { Locale } from '#platform/values'

/** A page with one form, which sends its fields and the code of its address to one route. */
type FormPage = Readonly<{
  /** The route that the form is sent to, such as `/api/v1/auth/password/reset`. */
  action: `/api/v1/${string}`
  texts: Readonly<Record<Locale, FormTexts>>
  fields: (locale: Locale) => readonly Field[]
  /** HTML that is shown after success; it is written here, not by people. */
  next?: (locale: Locale) => string
}>

type FormTexts = Readonly<{ title: string; lead: string; submit: string; done: string; failed: string }>
type Field = Readonly<{ label: string; attributes: string }>

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
    const response=await fetch(texts.action,{method:'POST',
      headers:{'content-type':'application/json','accept-language':document.documentElement.lang},
      body:JSON.stringify({code,...Object.fromEntries(new FormData(form))})})
    if(response.ok){form.hidden=true;history.replaceState(null,'',location.pathname);status.textContent=texts.done;next.hidden=false}
    else{const problem=await response.json();status.textContent=(problem.errors?.[0]?.detail??problem.detail)||texts.failed}
  }catch{status.textContent=texts.failed}
  button.disabled=false
})
}`

const sharedTexts = {
  ru: { incomplete: 'Ссылка неполная: откройте её целиком.', noscript: 'Для этой страницы нужен JavaScript.' },
  en: { incomplete: 'The link is incomplete: open the complete link.', noscript: 'This page needs JavaScript.' },
} satisfies Record<Locale, Record<string, string>>

export const formPageHeaders = pageHeaders({ style, script })

/** The HTML of a page with one form, in each language. */
export const formPages = (page: FormPage): Readonly<Record<Locale, string>> => ({
  ru: htmlOf(page, 'ru'),
  en: htmlOf(page, 'en'),
})

function htmlOf({ action, texts, fields, next = () => '' }: FormPage, locale: Locale): string {
  const { title, lead, submit, done, failed } = texts[locale]
  const { incomplete, noscript } = sharedTexts[locale]
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
<form data-action="${action}" data-done="${done}" data-incomplete="${incomplete}" data-failed="${failed}">
<p>${lead}</p>
${fields(locale)
  .map(({ label, attributes }) => `<label>${label}<input ${attributes}></label>`)
  .join('\n')}
<button>${submit}</button>
</form>
<p role="status"></p>
<section hidden>
${next(locale)}
</section>
</main>
<script>${script}</script>
</body>
</html>
`
}
