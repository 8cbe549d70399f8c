import type { Rendered } from '../../../apps/storefront/renderer.ts'
import type { PageContent } from '../page-content.ts'
import type { Head } from '../router/route.ts'
import type { Locale } from '../text/locale.ts'

type Parts = Readonly<{
  locale: Locale
  head: Head
  /** The rendered components. */
  body: string
  content: PageContent
  assets: Readonly<{ script: string; style: string; fonts: readonly string[] }>
  origin: string
  /** The path without the language. */
  path: string
  /** The query that belongs to the canonical address. */
  search: string
  isIndexed: boolean
}>

const languages = { ru: 'ru_RU', en: 'en_GB' } as const
const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
const escape = (text: string) => text.replaceAll(/[&<>"]/g, (sign) => entities[sign] ?? sign)
/** JSON inside of a script element: `<` could end the element. */
const jsonOf = (content: unknown) => JSON.stringify(content).replaceAll('<', '\\u003c')

/** The HTML document of a page. */
export function documentOf(parts: Parts): Rendered {
  const { locale, head, body, content, assets } = parts
  return {
    status: content.status,
    html: `<!doctype html>
<html lang="${locale}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
<title>${escape(head.title)}</title>
<meta name="description" content="${escape(head.description ?? '')}">
<link rel="stylesheet" href="${assets.style}">
<link rel="stylesheet" href="/theme.css">
${assets.fonts.map((font) => `<link rel="preload" href="${font}" as="font" type="font/woff2" crossorigin>`).join('\n')}
<script type="module" src="${assets.script}"></script>
<link rel="icon" href="/favicon.svg" type="image/svg+xml">
<link rel="manifest" href="/manifest-${locale}.webmanifest">
<meta name="theme-color" content="#fbf8f1" media="(prefers-color-scheme: light)">
<meta name="theme-color" content="#171b18" media="(prefers-color-scheme: dark)">
${addressesOf(parts)}
${openGraphOf(parts)}
${(head.structured ?? []).map((each) => `<script type="application/ld+json">${jsonOf({ '@context': 'https://schema.org', ...each })}</script>`).join('\n')}
</head>
<body>
<div id="app">${body}</div>
<script type="application/json" id="page">${jsonOf(content)}</script>
</body>
</html>
`.replaceAll(/\n\n+/g, '\n'),
  }
}

function addressesOf({ locale, origin, path, search, isIndexed }: Parts): string {
  if (!isIndexed) return '<meta name="robots" content="noindex">'
  const url = (language: string) => escape(`${origin}/${language}${path === '/' ? '' : path}${search}`)
  return [
    `<link rel="canonical" href="${url(locale)}">`,
    `<link rel="alternate" hreflang="ru" href="${url('ru')}">`,
    `<link rel="alternate" hreflang="en" href="${url('en')}">`,
    `<link rel="alternate" hreflang="x-default" href="${path === '/' ? escape(`${origin}/`) : url('ru')}">`,
  ].join('\n')
}

function openGraphOf({ head, locale, origin, path, content }: Parts): string {
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
  return Object.entries(properties)
    .map(([name, value]) => `<meta property="${name}" content="${escape(value)}">`)
    .join('\n')
}
