import { createHash } from 'node:crypto'
import type { ShowcaseProduct } from '#catalog'
import { formatMoney, type Locale } from '#platform/values'
import { drawProduct } from './art.ts'

const texts = {
  ru: {
    lead: 'Магазин открыт. В продаже:',
    empty: 'Товаров пока нет: добавьте их командой posad seed или через API.',
    inside: 'Документация и состояние',
    api: 'API: попробовать',
    reference: 'API: справочник',
    events: 'События',
    health: 'Состояние',
    demo: 'Показать все шаги заказа:',
    other: 'In English',
    left: (count: number) => `осталось ${count}`,
    many: 'в наличии',
    none: 'нет в наличии',
  },
  en: {
    lead: 'The shop is open. Products:',
    empty: 'There are no products yet: add them with posad seed or through the API.',
    inside: 'Documents and health',
    api: 'API: try it',
    reference: 'API: reference',
    events: 'Events',
    health: 'Health',
    demo: 'Show every step of an order:',
    other: 'По-русски',
    left: (count: number) => `${count} left`,
    many: 'in stock',
    none: 'out of stock',
  },
} as const

const style = `:root{color-scheme:light dark;--ink:#1d2a24;--paper:#fffdf8;--ground:#f3f5ee;--leaf:#2f6b4f;--soft:#56635b;--line:#d9dfd3;--edge:#7f8b82}
@media(prefers-color-scheme:dark){:root{--ink:#e9efe9;--paper:#1e2622;--ground:#141a17;--leaf:#7cc3a0;--soft:#a9b5ad;--line:#34413a;--edge:#76857c}}
*{box-sizing:border-box}body{margin:0;background:var(--ground);color:var(--ink);font:1rem/1.5 system-ui,sans-serif}
main{max-width:62rem;margin:0 auto;padding:2rem 1rem 4rem}h1{font-size:2.25rem;margin:0}h1 small{font-size:1rem;font-weight:400;color:var(--soft)}
ul.products{list-style:none;padding:0;display:grid;gap:1rem;grid-template-columns:repeat(auto-fill,minmax(13rem,1fr))}
.products li{background:var(--paper);border:1px solid var(--line);border-radius:1rem;padding:1rem}
.products svg{width:100%;height:auto;display:block}.products h2{font-size:1.05rem;margin:.75rem 0 .25rem}.products p{margin:0}
.price{font-weight:700;font-variant-numeric:tabular-nums}.stock{color:var(--soft);font-size:.9rem}
nav{display:flex;flex-wrap:wrap;gap:.5rem}nav a{padding:.5rem .9rem;border:1px solid var(--edge);border-radius:999px;background:var(--paper);text-decoration:none}
a{color:var(--leaf)}code{background:var(--paper);border:1px solid var(--line);border-radius:.4rem;padding:.15rem .4rem}`

/** The content security policy: the page loads nothing from other sites and runs no script. */
export const homePolicy = [
  `default-src 'none'`,
  `style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'`,
  `img-src 'self'`,
  `base-uri 'none'`,
  `frame-ancestors 'self'`,
].join('; ')

type Options = Readonly<{ locale: Locale; version: string; docs: boolean }>

/** The page at `/`: some products, and links to the documents. */
export function homePage(products: readonly ShowcaseProduct[], { locale, version, docs }: Options): string {
  const say = texts[locale]
  const links = [
    ...(docs
      ? [
          ['/api/docs', say.api],
          ['/api/redoc', say.reference],
          ['/api/asyncapi.json', say.events],
        ]
      : []),
    ['/health/ready', say.health],
  ]
  return `<!doctype html>
<html lang="${locale}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="/favicon.svg" type="image/svg+xml">
<title>Posad</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>Posad <small>${version} · <a href="/?lang=${locale === 'ru' ? 'en' : 'ru'}">${say.other}</a></small></h1>
<p>${products.length > 0 ? say.lead : say.empty}</p>
<ul class="products">${products.map((product) => card(product, locale)).join('')}</ul>
<h2>${say.inside}</h2>
<nav>${links.map(([href, text]) => `<a href="${href}">${text}</a>`).join('')}</nav>
<p>${say.demo} <code>npm run demo</code></p>
</main>
</body>
</html>
`
}

function card(product: ShowcaseProduct, locale: Locale): string {
  const { name, price, currency, stock_quantity: left } = product
  const say = texts[locale]
  const stock = left === null || left > 20 ? say.many : left > 0 ? say.left(left) : say.none
  return `<li>${drawProduct(product)}<h2>${escape(name)}</h2><p class="price">${escape(formatMoney({ amount: price, currency }, locale))}</p><p class="stock">${stock}</p></li>`
}

const escape = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
