import { readFileSync } from 'node:fs'
import { html, sourceOf, trusted, type Html } from '#platform/html'
import type { Locale } from '#platform/values'
import { pageHeaders } from './page-headers.ts'

const fileOf = (name: string) => readFileSync(new URL(name, import.meta.url), 'utf8')
const look = `${fileOf('tokens.css')}${fileOf('page.css')}`

type Page = Readonly<{
  /** CSS after that of every page. */
  style?: string
  script?: string
  /** A sheet for one thing to do, or the whole window. */
  layout?: 'sheet' | 'window'
  /** Directives that the policy has in addition, or with other values. */
  policy?: Readonly<Record<`${string}-${string}`, string>>
}>
type Content = Readonly<{ language: Locale; title: string; head?: Html | undefined; body: Html }>

/**
 * A page that a module writes as HTML, in the look of the shop. It needs no other file: where the storefront answers, the name,
 * the accent and the fonts of the shop come from its `/theme.css`.
 */
export function definePage({ style = '', script, layout = 'sheet', policy = {} }: Page) {
  const styles = look + style
  const elements = {
    style: elementOf('style', styles),
    script: script === undefined ? undefined : elementOf('script', script),
  }
  return {
    headers: pageHeaders({ style: styles, policy, ...(script !== undefined && { script }) }),
    render: (content: Content): string =>
      sourceOf(
        html`<!doctype html>
          <html lang="${content.language}">
            <head>
              <meta charset="utf-8" />
              <meta name="viewport" content="width=device-width, initial-scale=1" />
              <meta name="robots" content="noindex" />
              <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
              <link rel="stylesheet" href="/theme.css" />
              ${content.head}
              <title>${content.title}</title>
              ${elements.style}
            </head>
            <body>
              ${layout === 'sheet' ? sheetOf(content) : content.body} ${elements.script}
            </body>
          </html> `,
      ),
  }
}

const shopOf = { ru: 'В магазин', en: 'To the shop' } as const

/** The name of the shop, and a sheet in the middle. */
const sheetOf = ({ language, body }: Content): Html =>
  html`<div class="sheet">
    <header><a class="brand" href="/" aria-label="${shopOf[language]}">${mark}</a></header>
    <main>${body}</main>
  </div>`

/** The mark of the storefront: a leaf and a petal. */
const mark = html`<svg viewBox="0 0 40 40" aria-hidden="true">
  <path class="leaf" d="M19 34C7 31 4 19 8 7c11 3 16 13 11 27z" />
  <path class="petal" d="M21 34c-3-12 3-20 12-22 3 10-2 19-12 22z" />
</svg>`

function elementOf(name: 'style' | 'script', content: string): Html {
  if (content.includes('</')) throw new Error(`The ${name} of a page contains "</", which could end its element`)
  return trusted(`<${name}>${content}</${name}>`)
}
