import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import fastifySwaggerUi from '@fastify/swagger-ui'
import { createHash } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { mark, markWithName } from './mark.ts'
import type { Http } from './routes.ts'
import { sendCached, type Prepared } from './send-cached.ts'

type Pages = Readonly<{ title: string; asyncapi: () => object }>

const config = { access: 'anyone', limit: 'none', ignoresToken: true } as const
const schema = { hide: true }
const redocBundle = createRequire(import.meta.url).resolve('redoc/bundles/redoc.standalone.js')

/** Both pages bring styles at run time and call the API of their own origin; nothing comes from elsewhere. */
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; " +
  "connect-src 'self'; worker-src blob:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"

/** The API documents and their pages, all out of npm packages. */
export async function addDocs(server: FastifyInstance, { title, asyncapi }: Pages): Promise<void> {
  await server.register(fastifySwaggerUi, {
    routePrefix: '/api/docs',
    staticCSP: policy,
    logo: { type: 'image/svg+xml', content: markWithName },
    theme: {
      title,
      favicon: [{ filename: 'mark.svg', rel: 'icon', sizes: 'any', type: 'image/svg+xml', content: mark }],
    },
    uiConfig: { url: '/api/openapi.json', deepLinking: true, persistAuthorization: true },
  })
  const http = server as unknown as Http
  addDocument(http, '/api/openapi.json', () => server.swagger())
  addDocument(http, '/api/asyncapi.json', asyncapi)
  http.get('/api/redoc', { schema, config }, (_request, reply) =>
    reply
      .header('content-security-policy', policy)
      .header('content-type', 'text/html; charset=utf-8')
      .send(redoc(title)),
  )
  http.get('/api/redoc/redoc.standalone.js', { schema, config }, async (_request, reply) =>
    reply
      .header('cache-control', 'public, max-age=86400')
      .header('content-type', 'text/javascript; charset=utf-8')
      .send(await readFile(redocBundle)),
  )
}

/** Documents are made at the first request: a start is no time to write books. */
function addDocument(http: Http, path: string, make: () => object): void {
  let prepared: Prepared | undefined
  http.get(path, { schema, config }, (request, reply) => {
    prepared ??= prepare(make())
    return sendCached(request, reply, prepared)
  })
}

function prepare(document: object): Prepared {
  const body = JSON.stringify(document)
  return { body, etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"` }
}

const redoc = (title: string) => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title.replaceAll(/[&<>]/g, '')}</title>
<body style="margin: 0">
<redoc spec-url="/api/openapi.json"></redoc>
<script src="/api/redoc/redoc.standalone.js"></script>
</body>
</html>
`
