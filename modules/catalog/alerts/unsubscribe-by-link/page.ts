import { pageHeaders } from '#platform/http'
import type { Locale, Localized } from '#platform/values'

const style = `
:root{color-scheme:light dark;--ink:#232a25;--paper:#fffdf9;--ground:#fbf8f1;--leaf:#2f5d3f;--line:#e3dccb}
@media(prefers-color-scheme:dark){:root{--ink:#ece8dc;--paper:#1f2521;--ground:#171b18;--leaf:#a3cfae;--line:#343c36}}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;display:grid;place-items:center;padding:1rem;background:var(--ground);color:var(--ink);font:1rem/1.5 system-ui,sans-serif}
main{width:100%;max-width:24rem;padding:2rem;border-radius:1.25rem;background:var(--paper);border:1px solid var(--line);text-align:center}
h1{margin:0 0 1rem;font:600 1.375rem/1.2 Lora,Georgia,serif}
button{width:100%;min-height:3rem;padding:.7rem 1.5rem;border:0;border-radius:2rem;background:var(--leaf);color:var(--paper);font:inherit;font-weight:600;cursor:pointer}
`

/** The page runs no script. Its button sends a form. */
export const alertsPageHeaders = pageHeaders({ style, policy: { 'form-action': `'self'` } })

const titles: Readonly<Record<PageKind, Localized>> = {
  asking: { ru: 'Отменить подписки на товары?', en: 'Cancel your subscriptions to products?' },
  done: { ru: 'Подписки отменены', en: 'Your subscriptions are cancelled' },
  'broken-link': { ru: 'Ссылка не действует', en: 'This link does not work' },
}
const button: Localized = { ru: 'Отменить все', en: 'Cancel all of them' }

export type PageKind = 'asking' | 'done' | 'broken-link'

/** Mail programs open links by themselves, so the link only asks, and the button ends the subscriptions. */
export const alertsPage = (kind: PageKind, locale: Locale): string => `<!doctype html>
<html lang="${locale}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">
<title>${titles[kind][locale]}</title><style>${style}</style></head>
<body><main><h1>${titles[kind][locale]}</h1>
${kind === 'asking' ? `<form method="post"><button>${button[locale]}</button></form>` : ''}
</main></body></html>
`
