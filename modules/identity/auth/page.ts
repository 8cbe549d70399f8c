import { html, type Html } from '#platform/html'
import { definePage } from '#platform/http'
import type { Locale } from '#platform/values'

/** A page with one form, which sends its fields and the code of its address to one route. */
type FormPage = Readonly<{
  /** The route that the form is sent to, such as `/api/v1/auth/password/reset`. */
  action: `/api/v1/${string}`
  texts: Readonly<Record<Locale, FormTexts>>
  fields: (locale: Locale) => readonly Field[]
  /** It is shown after success. */
  next: (locale: Locale) => Html
}>

type FormTexts = Readonly<{ title: string; lead: string; submit: string; done: string; failed: string }>
type Field = Readonly<{ label: string; attributes: Html }>

const style = `form,section{display:grid;gap:var(--s4)}form p{color:var(--soft)}ol{margin:0;padding-left:var(--s5)}
[role=status]:empty{display:none}form:not([hidden])~[role=status]{color:var(--stop)}`

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

const page = definePage({ style, script })
export const formPageHeaders = page.headers

/** The HTML of a page with one form, in each language. */
export const formPages = (form: FormPage): Readonly<Record<Locale, string>> => ({
  ru: htmlOf(form, 'ru'),
  en: htmlOf(form, 'en'),
})

function htmlOf({ action, texts, fields, next }: FormPage, language: Locale): string {
  const { title, lead, submit, done, failed } = texts[language]
  const { incomplete, noscript } = sharedTexts[language]
  const rows = fields(language).map(({ label, attributes }) => html`<label>${label}<input ${attributes} /></label>`)
  return page.render({
    language,
    title,
    body: html`<h1>${title}</h1>
      <noscript><p>${noscript}</p></noscript>
      <form data-action="${action}" data-done="${done}" data-incomplete="${incomplete}" data-failed="${failed}">
        <p>${lead}</p>
        ${rows}
        <button>${submit}</button>
      </form>
      <p role="status"></p>
      <section hidden>${next(language)}</section>`,
  })
}
