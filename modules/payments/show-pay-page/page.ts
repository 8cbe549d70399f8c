import { definePage } from '#platform/http'
import { html, type Html } from '#platform/html'
import { formatMoney, type Locale } from '#platform/values'
import { sandboxButtons } from '../schema.ts'
import { again, backToOrder, buttons, order, sandboxNote, texts } from './texts.ts'
import type { View } from './view.ts'

const style = `
main{justify-items:center;text-align:center;text-wrap:balance}
.picture{width:4rem;padding:1rem;border-radius:50%;background:var(--leaf-pale);fill:none;stroke:var(--leaf);stroke-width:1.75;stroke-linecap:round;stroke-linejoin:round}
.declined,.cancelled{background:var(--sunk);stroke:var(--stop)}
.price{font:600 2.25rem/1.2 var(--title)}
form{width:100%}
.buttons{display:grid;gap:var(--s3);width:100%}
form+form button{background:none;color:var(--leaf);box-shadow:inset 0 0 0 1.5px var(--edge)}
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

const page = definePage({
  style,
  policy: {
    'form-action': `'self'`,
    'frame-ancestors': `'self' https://web.telegram.org https://*.telegram.org`,
  },
})

/** The page runs no script. Telegram's web client may show it in a frame. */
export const payPageHeaders = {
  ...page.headers,
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
  return page.render({
    language: locale,
    title: title[locale],
    head: refresh(view, request),
    body: html`<svg class="picture ${view.kind}" viewBox="0 0 24 24" aria-hidden="true">
        <path d="${pictures[view.kind]}" />
      </svg>
      <h1>${title[locale]}</h1>
      ${'price' in view ? priceOf(view, locale) : undefined}
      <p>${hint[locale]}</p>
      ${'isSandbox' in view && view.isSandbox ? html`<p class="hint">${sandboxNote[locale]}</p>` : undefined}
      ${forms(view, request)}
      <p><a href="${returnUrl}">${backToOrder[locale]}</a></p>`,
  })
}

const priceOf = ({ price, description }: Extract<ShownView, { price: object }>, locale: Locale): Html =>
  html`<p class="price">${formatMoney(price, locale)}</p>
    <p class="hint">${order[locale]} ${description}</p>`

/** Refreshes the page while its payment may change. */
function refresh({ kind }: ShownView, { pathOf, refreshes }: Request): Html | undefined {
  const after = (seconds: number, path: string) => html`<meta http-equiv="refresh" content="${seconds};url=${path}" />`
  if (kind === 'preparing') {
    const pause = refreshes < 5 ? 1 : refreshes < 30 ? 2 : 10
    return after(pause, `${pathOf()}&refreshes=${refreshes + 1}`)
  }
  return kind === 'asking' || kind === 'processing' ? after(10, pathOf()) : undefined
}

function forms(view: ShownView, { pathOf, locale }: Request): Html | undefined {
  const form = (button: string, label: string) =>
    html`<form method="post" action="${pathOf(button)}"><button>${label}</button></form>`
  if (view.kind === 'declined') return form('again', again[locale])
  if ((view.kind !== 'asking' && view.kind !== 'processing') || !view.isSandbox) return undefined
  const shown = sandboxButtons.filter((name) => view.kind === 'asking' || name !== 'wait')
  return html`<div class="buttons">${shown.map((name) => form(name, buttons[name][locale]))}</div>`
}
