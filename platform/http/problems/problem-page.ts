import { html } from '#platform/html'
import type { Locale } from '#platform/values'
import { definePage } from '../page/page.ts'
import type { Problem } from './problem.ts'

const texts = {
  ru: { title: 'Страница не открылась', back: 'На главную', request: 'Номер запроса' },
  en: { title: 'The page did not open', back: 'To the shop', request: 'Request' },
} as const

const page = definePage({
  style: `.status{color:var(--soft);font:400 var(--size-m)/1 var(--text)}`,
})

export const problemPageHeaders = page.headers

/** A problem as a page, for a person who follows a link. It runs no script. */
export function problemPage(problem: Problem, locale: Locale, request_id: string): string {
  const { title, back, request } = texts[locale]
  return page.render({
    language: locale,
    title,
    body: html`<p class="status">${problem.status}</p>
      <h1>${title}</h1>
      <p>${problem.detail[locale]}</p>
      <p><a href="/">${back}</a></p>
      <p class="hint">${request} ${request_id}</p>`,
  })
}

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
