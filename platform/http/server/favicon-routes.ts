import { icon } from '../docs/logo.ts'
import { sendCached } from '../response/send-cached.ts'
import { preparedOf } from '../response/send-file.ts'
import type { Http } from '../routes.ts'

const config = { access: 'anyone', ignoresToken: true } as const

/** The icon of every page. Browsers ask for `/favicon.ico` where a page names none, and accept an SVG there. */
export function faviconRoutes(http: Http): void {
  const content = preparedOf(Buffer.from(icon), 'image/svg+xml')
  for (const path of ['/favicon.svg', '/favicon.ico']) {
    http.get(path, { schema: { hide: true }, config }, (request, reply) => {
      reply.header('cache-control', 'public, max-age=86400')
      return sendCached(request, reply, content)
    })
  }
}
