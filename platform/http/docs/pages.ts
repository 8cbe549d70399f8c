import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import fastifySwaggerUi from '@fastify/swagger-ui'
import type { FastifyInstance } from 'fastify'
import { sendCached, type Prepared } from '../response/send-cached.ts'
import type { Http } from '../routes.ts'
import { icon, logo } from './logo.ts'

type Pages = Readonly<{ title: string; asyncapi: () => object }>

const config = { access: 'anyone', limit: 'none', ignoresToken: true } as const
const schema = { hide: true }
const redocBundle = new URL('./redoc/redoc.standalone.js', import.meta.url)

/** Both pages set styles at run time and call the API of their own origin. They load nothing from other origins. */
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; " +
  "connect-src 'self'; worker-src blob:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"

/** Adds the OpenAPI and AsyncAPI documents, Swagger UI at `/api/docs` and ReDoc at `/api/redoc`. */
export async function addDocs(server: FastifyInstance, { title, asyncapi }: Pages): Promise<void> {
  await server.register(fastifySwaggerUi, {
    routePrefix: '/api/docs',
    staticCSP: policy,
    logo: { type: 'image/svg+xml', content: logo },
    theme: {
      title,
      favicon: [{ filename: 'icon.svg', rel: 'icon', sizes: 'any', type: 'image/svg+xml', content: icon }],
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
      .send(redocPage(title)),
  )
  http.get('/api/redoc/redoc.standalone.js', { schema, config }, async (_request, reply) =>
    reply
      .header('cache-control', 'public, max-age=86400')
      .header('content-type', 'text/javascript; charset=utf-8')
      .send(await readFile(redocBundle)),
  )
}

/** Makes the document at its first request, so that the start of the server does not wait for it. */
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

const redocPage = (title: string) => `<!doctype html>
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
