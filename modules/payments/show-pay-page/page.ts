import { pageHeaders } from '#platform/http'
import { formatMoney, type Locale } from '#platform/values'
import { sandboxButtons } from '../schema.ts'
import { again, backToOrder, buttons, order, sandboxNote, texts } from './texts.ts'
import type { View } from './view.ts'

const style = `
:root{color-scheme:light dark;--ink:#232a25;--paper:#fffdf9;--ground:#fbf8f1;--leaf:#2f5d3f;--line:#e3dccb;--edge:#8b8878;--stop:#a3362a}
@media(prefers-color-scheme:dark){:root{--ink:#ece8dc;--paper:#1f2521;--ground:#171b18;--leaf:#a3cfae;--line:#343c36;--edge:#7d8577;--stop:#f2a094}}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;min-height:100dvh;display:grid;place-items:center;padding:1rem;background:var(--ground);color:var(--ink);font:1rem/1.5 system-ui,sans-serif}
main{width:100%;max-width:24rem;padding:2rem 2rem 1.5rem;border-radius:1.25rem;background:var(--paper);border:1px solid var(--line);text-align:center;text-wrap:balance}
.picture{width:4rem;padding:1rem;border-radius:50%;background:var(--ground);fill:none;stroke:var(--leaf);stroke-width:1.75;stroke-linecap:round;stroke-linejoin:round}
.declined,.cancelled{stroke:var(--stop)}
h1{margin:.75rem 0 0;font:600 1.375rem/1.2 Lora,Georgia,serif}
.price{margin:.5rem 0 0;font:600 2.25rem/1.2 Lora,Georgia,serif}
.order,.hint,.note{margin:.25rem 0 1.25rem;opacity:.75;overflow-wrap:anywhere}
form{margin:.5rem 0}
button{width:100%;min-height:3rem;padding:.7rem 1.5rem;border:1.5px solid var(--edge);border-radius:2rem;background:none;color:inherit;font:inherit;cursor:pointer}
form:first-of-type button{background:var(--leaf);border-color:var(--leaf);color:var(--paper);font-weight:600}
a{color:var(--leaf)}
`

/** The picture above each title, drawn on a square of 24: fonts with pictures are not everywhere installed. */
const pictures: Readonly<Record<ShownView['kind'], string>> = {
  preparing: 'M12 4a8 8 0 1 0 .01 0M12 8v4.5l3 2',
  'nothing-to-pay': 'M10.5 4.5a6 6 0 1 0 .01 0M15 15l5 5',
  'broken-link': 'M10.5 4.5a6 6 0 1 0 .01 0M15 15l5 5',
  asking: 'M3 7h18v11H3zM3 11h18',
  processing: 'M12 4a8 8 0 1 0 .01 0M12 8v4.5l3 2',
  'on-delivery': 'M4 8l8-4 8 4v8l-8 4-8-4zM4 8l8 4 8-4M12 12v8',
  paid: 'M5 12.5l4.5 4.5L19 7.5',
  refunded: 'M8 5L4 9l4 4M4 9h10a5 5 0 0 1 0 10H9',
  declined: 'M6.5 6.5l11 11M17.5 6.5l-11 11',
  cancelled: 'M6.5 6.5l11 11M17.5 6.5l-11 11',
}

/** The page runs no script. Telegram's web client may show it in a frame. */
export const payPageHeaders = {
  ...pageHeaders({
    style,
    policy: {
      'form-action': `'self'`,
      'frame-ancestors': `'self' https://web.telegram.org https://*.telegram.org`,
    },
  }),
  // Without it a browser on plain HTTP sends `Origin: null` with the form, as it does for a foreign site.
  'referrer-policy': 'same-origin',
}

type ShownView = Exclude<View, { kind: 'redirect' }>
type Request = Readonly<{
  /** The path of the page, or of one of its buttons. */
  pathOf: (button?: string) => string
  refreshes: number
  locale: Locale
  /** The page of the order. */
  returnUrl: string
}>

/** Returns the page as HTML. */
export function payPage(view: ShownView, request: Request): string {
  const { title, hint } = texts[view.kind]
  const { locale, returnUrl } = request
  return `<!doctype html>
<html lang="${locale}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
${refresh(view, request)}
<title>${title[locale]}</title>
<style>${style}</style>
</head>
<body>
<main>
<svg class="picture ${view.kind}" viewBox="0 0 24 24" aria-hidden="true"><path d="${pictures[view.kind]}"/></svg>
<h1>${title[locale]}</h1>
${'price' in view ? `<p class="price">${escape(formatMoney(view.price, locale))}</p>\n<p class="order">${order[locale]} ${escape(view.description)}</p>` : ''}
<p class="hint">${hint[locale]}</p>
${'isSandbox' in view && view.isSandbox ? `<p class="note">${sandboxNote[locale]}</p>` : ''}
${forms(view, request)}
<p><a href="${escape(returnUrl)}">${backToOrder[locale]}</a></p>
</main>
</body>
</html>
`
}

/** Refreshes the page while its payment may change. */
function refresh({ kind }: ShownView, { pathOf, refreshes }: Request): string {
  if (kind === 'preparing') {
    const pause = refreshes < 5 ? 1 : refreshes < 30 ? 2 : 10
    return `<meta http-equiv="refresh" content="${pause};url=${pathOf()}&amp;refreshes=${refreshes + 1}">`
  }
  return kind === 'asking' || kind === 'processing' ? `<meta http-equiv="refresh" content="10;url=${pathOf()}">` : ''
}

function forms(view: ShownView, { pathOf, locale }: Request): string {
  const form = (button: string, label: string) =>
    `<form method="post" action="${pathOf(button)}"><button>${label}</button></form>`
  if (view.kind === 'declined') return form('again', again[locale])
  if ((view.kind !== 'asking' && view.kind !== 'processing') || !view.isSandbox) return ''
  return sandboxButtons
    .filter((name) => view.kind === 'asking' || name !== 'wait')
    .map((name) => form(name, buttons[name][locale]))
    .join('\n')
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}
const escape = (text: string) => text.replaceAll(/[&<>"']/g, (sign) => entities[sign] ?? sign)
