import { type AnyReply, type AnyRequest, type Http, type Routes, sendCached } from '#platform/http'
import type { BuiltFile, WebBuild } from './build.ts'
import type { FactsByLocale, ShopFacts } from './renderer.ts'
import { codedTag, codingOf, etagOf } from './send-compressed.ts'

const schema = { hide: true }
const config = { access: 'anyone', limit: 'none' } as const

const types: Readonly<Record<string, string>> = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
  webp: 'image/webp',
  woff2: 'font/woff2',
  json: 'application/json',
}

type Needs = Readonly<{ build: WebBuild; facts: FactsByLocale; accent: string }>

/** The files of the build, the colours of the shop and the manifests of the installed page. */
export const assetRoutes =
  ({ build, facts, accent }: Needs): Routes =>
  (http) => {
    for (const [path, file] of build.files) addFile(http, path, file)
    addText(http, '/theme.css', { body: themeOf({ build, facts, accent }), type: 'text/css; charset=utf-8' })
    for (const locale of ['ru', 'en'] as const)
      addText(http, `/manifest-${locale}.webmanifest`, {
        body: JSON.stringify(manifestOf(facts[locale], locale)),
        type: 'application/manifest+json',
      })
  }

/** A name with a hash never changes its content. The service worker has no hash, so browsers ask for it each time. */
function addFile(http: Http, path: string, { plain, br, gzip }: BuiltFile): void {
  const type = types[path.split('.').at(-1) ?? ''] ?? 'application/octet-stream'
  const etag = etagOf(plain)
  const lasts = path.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache'
  http.get(path, { schema, config }, (request: AnyRequest, reply: AnyReply) => {
    reply.header('cache-control', lasts).header('vary', 'accept-encoding')
    // A worker has the policy of its own file: it reads the pages and files of this origin.
    if (path === '/sw.js') reply.header('content-security-policy', "default-src 'none'; connect-src 'self'")
    const coding = codingOf(request)
    const coded = coding && { br, gzip }[coding]
    if (!coding || !coded) return sendCached(request, reply, { body: plain, etag, type })
    reply.header('content-encoding', coding)
    return sendCached(request, reply, { body: coded, etag: codedTag(etag, coding), type })
  })
}

function addText(http: Http, path: string, { body, type }: Readonly<{ body: string; type: string }>): void {
  const content = { body, type, etag: etagOf(body) }
  http.get(path, { schema, config }, (request: AnyRequest, reply: AnyReply) => {
    reply.header('cache-control', 'public, max-age=3600')
    return sendCached(request, reply, content)
  })
}

/** The fonts, the accent and the name of the shop. The pages that modules write as HTML have them from here only. */
function themeOf({ build, facts, accent }: Needs): string {
  const fonts =
    build.files
      .get(build.entry.style)
      ?.plain.toString()
      .match(/@font-face\s*\{[^}]*\}/g) ?? []
  const { ru, en } = facts
  const english = en.name === ru.name ? '' : `:root:lang(en){--shop-name:${cssTextOf(en.name)}}`
  return `${fonts.join('')}:root{--accent:${accent};--shop-name:${cssTextOf(ru.name)}}${english}`
}

/** A text of CSS: a sign other than a letter, a digit or a space stands as its code. */
const cssTextOf = (text: string): string =>
  `"${text.replaceAll(/[^\p{L}\p{N} ]/gu, (sign) => `\\${sign.codePointAt(0)?.toString(16)} `)}"`

const manifestOf = ({ name }: ShopFacts, locale: 'ru' | 'en') => ({
  name,
  short_name: name.slice(0, 12),
  lang: locale,
  start_url: `/${locale}`,
  scope: '/',
  display: 'standalone',
  background_color: '#fbf8f1',
  theme_color: '#fbf8f1',
  icons: [{ src: '/favicon.svg', sizes: 'any', type: 'image/svg+xml', purpose: 'any' }],
})
