import type { Locale } from '#platform/values'
import { pageHeaders } from '../response/page-headers.ts'
import type { Problem } from './problem.ts'

const texts = {
  ru: { title: 'Страница не открылась', back: 'На главную', request: 'Номер запроса' },
  en: { title: 'The page did not open', back: 'To the shop', request: 'Request' },
} as const

const style = `:root{color-scheme:light dark;--ink:#1d2a24;--soft:#56635b;--paper:#fffdf8;--ground:#f3f5ee;--leaf:#2f6b4f;--line:#d9dfd3}
@media(prefers-color-scheme:dark){:root{--ink:#e9efe9;--soft:#a9b5ad;--paper:#1e2622;--ground:#141a17;--leaf:#7cc3a0;--line:#34413a}}
*{box-sizing:border-box}body{margin:0;min-height:100vh;min-height:100dvh;display:grid;place-items:center;padding:1rem;background:var(--ground);color:var(--ink);font:1rem/1.5 system-ui,sans-serif}
main{width:100%;max-width:28rem;padding:2rem;border:1px solid var(--line);border-radius:1.25rem;background:var(--paper)}
h1{margin:0;font-size:1.5rem}h1 small{display:block;color:var(--soft);font-size:1rem;font-weight:400}
a{color:var(--leaf)}.request{margin:0;color:var(--soft);font-size:.85rem;overflow-wrap:anywhere}`

/** The page runs no script, and shows the icon of the shop. */
export const problemPageHeaders = pageHeaders({ style, policy: { 'img-src': `'self'` } })

/** A problem as a page, for a person who follows a link. */
export function problemPage(problem: Problem, locale: Locale, request_id: string): string {
  const { title, back, request } = texts[locale]
  return `<!doctype html>
<html lang="${locale}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<link rel="icon" href="/favicon.svg" type="image/svg+xml">
<title>${title}</title>
<style>${style}</style>
</head>
<body>
<main>
<h1><small>${problem.status}</small>${title}</h1>
<p>${escape(problem.detail[locale])}</p>
<p><a href="/">${back}</a></p>
<p class="request">${request} ${escape(request_id)}</p>
</main>
</body>
</html>
`
}

const escape = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')

/** True when `accept` names HTML before JSON, as browsers do for a page. Programs send no such header, or any type. */
export function prefersHtml(accept: string | undefined): boolean {
  if (accept === undefined || !accept.includes('text/html')) return false
  const qualityOf = (pattern: RegExp) => {
    const part = accept.split(',').find((one) => pattern.test(one.trim()))
    return part === undefined ? 0 : Number(/;\s*q=([\d.]+)/.exec(part)?.[1] ?? 1)
  }
  return (
    qualityOf(/^text\/html\b/) > Math.max(qualityOf(/^application\/json\b/), qualityOf(/^application\/problem\+json\b/))
  )
}
