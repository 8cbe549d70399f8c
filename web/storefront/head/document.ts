import { html, sourceOf, trusted, type Html } from '#platform/html'
import type { Rendered, Renderer } from '../../../apps/storefront/renderer.ts'
import type { PageContent } from '../page-content.ts'
import type { Head } from '../router/route.ts'
import type { Locale } from '../text/locale.ts'

type Parts = Readonly<{
  locale: Locale
  head: Head
  /** The rendered components. */
  body: string
  content: PageContent
  assets: Parameters<Renderer['render']>[0]['assets']
  origin: string
  /** The path without the language. */
  path: string
  /** The query that belongs to the canonical address. */
  search: string
  isIndexed: boolean
}>

const languages = { ru: 'ru_RU', en: 'en_GB' } as const
/** A script element with JSON in it: `<` could end the element. */
const jsonScript = (attributes: string, content: unknown): Html =>
  trusted(`<script ${attributes}>${JSON.stringify(content).replaceAll('<', '\\u003c')}</script>`)

/** The HTML document of a page. */
export function documentOf(parts: Parts): Rendered {
  const { locale, head, body, content, assets } = parts
  const written = html`<!doctype html>
    <html lang="${locale}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover" />
        <title>${head.title}</title>
        <meta name="description" content="${head.description ?? ''}" />
        <link rel="stylesheet" href="${assets.style}" />
        <link rel="stylesheet" href="/theme.css" />
        ${assets.fonts.map((font) => html`<link rel="preload" href="${font}" as="font" type="font/woff2" crossorigin /> `)}
        <link rel="modulepreload" href="${assets.texts[locale]}" />
        <script type="module" src="${assets.script}"></script>
        <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
        <link rel="manifest" href="/manifest-${locale}.webmanifest" />
        <meta name="theme-color" content="#fbf8f1" media="(prefers-color-scheme: light)" />
        <meta name="theme-color" content="#171b18" media="(prefers-color-scheme: dark)" />
        ${addressesOf(parts)} ${openGraphOf(parts)}
        ${(head.structured ?? []).map((each) => jsonScript('type="application/ld+json"', { '@context': 'https://schema.org', ...each }))}
      </head>
      <body>
        <div id="app">${trusted(body)}</div>
        ${jsonScript('type="application/json" id="page"', content)}
      </body>
    </html> `
  return { status: content.status, html: sourceOf(written).replaceAll(/\n\s*\n/g, '\n') }
}

function addressesOf({ locale, origin, path, search, isIndexed }: Parts): readonly Html[] {
  if (!isIndexed) return [html`<meta name="robots" content="noindex" />`]
  const url = (language: string) => `${origin}/${language}${path === '/' ? '' : path}${search}`
  return [
    html`<link rel="canonical" href="${url(locale)}" /> `,
    html`<link rel="alternate" hreflang="ru" href="${url('ru')}" /> `,
    html`<link rel="alternate" hreflang="en" href="${url('en')}" /> `,
    html`<link rel="alternate" hreflang="x-default" href="${path === '/' ? `${origin}/` : url('ru')}" />`,
  ]
}

function openGraphOf({ head, locale, origin, path, content }: Parts): readonly Html[] {
  const url = `${origin}/${locale}${path === '/' ? '' : path}`
  const properties = {
    'og:type': head.kind ?? 'website',
    'og:title': head.title,
    'og:description': head.description ?? '',
    'og:url': url,
    'og:site_name': content.facts.name,
    'og:locale': languages[locale],
    ...(head.image !== undefined && { 'og:image': head.image }),
  }
  return Object.entries(properties).map(([name, value]) => html`<meta property="${name}" content="${value}" /> `)
}
