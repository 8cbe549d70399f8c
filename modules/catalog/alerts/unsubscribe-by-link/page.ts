import { definePage } from '#platform/http'
import { html } from '#platform/html'
import type { Locale, Localized } from '#platform/values'

const page = definePage({ policy: { 'form-action': `'self'` } })

/** The page runs no script. Its button sends a form. */
export const alertsPageHeaders = page.headers

const titles: Readonly<Record<PageKind, Localized>> = {
  asking: { ru: 'Отменить подписки на товары?', en: 'Cancel your subscriptions to products?' },
  done: { ru: 'Подписки отменены', en: 'Your subscriptions are cancelled' },
  'broken-link': { ru: 'Ссылка не действует', en: 'This link does not work' },
}
const button: Localized = { ru: 'Отменить все', en: 'Cancel all of them' }

export type PageKind = 'asking' | 'done' | 'broken-link'

/** Mail programs open links by themselves, so the link only asks, and the button ends the subscriptions. */
export const alertsPage = (kind: PageKind, language: Locale): string =>
  page.render({
    language,
    title: titles[kind][language],
    body: html`<h1>${titles[kind][language]}</h1>
      ${kind === 'asking' ? html`<form method="post"><button>${button[language]}</button></form>` : undefined}`,
  })
