import { createHash } from 'node:crypto'

const hashOf = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`

/** The parts of a page that stand in its HTML. `policy` names further directives, or other values. */
type Page = Readonly<{ style: string; script?: string; policy?: Readonly<Record<`${string}-${string}`, string>> }>

/**
 * The headers of a page that a module writes as HTML. Its policy allows exactly this style and this script, requests of the
 * script to this origin, and the fonts, colours and pictures of the shop. No cache keeps the page, and its links name no
 * address where they come from.
 */
export function pageHeaders({ style, script, policy = {} }: Page) {
  const directives = {
    'default-src': `'none'`,
    ...(script !== undefined && { 'script-src': hashOf(script) }),
    'style-src': `'self' ${hashOf(style)}`,
    'font-src': `'self'`,
    'img-src': `'self'`,
    ...(script !== undefined && { 'connect-src': `'self'` }),
    'form-action': `'none'`,
    'base-uri': `'none'`,
    'frame-ancestors': `'none'`,
    ...policy,
  }
  return {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': Object.entries(directives)
      .map(([name, value]) => `${name} ${value}`)
      .join('; '),
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    vary: 'accept-language',
  }
}
