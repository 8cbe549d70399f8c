import type { FastifyInstance } from 'fastify'
import { sendCached, type Prepared } from '../response/send-cached.ts'
import { preparedOf, sendFile } from '../response/send-file.ts'
import type { Http } from '../routes.ts'
import { redocPage, swaggerPage, swaggerStart } from './html.ts'

type Pages = Readonly<{ title: string; asyncapi: () => object }>

const config = { access: 'anyone', ignoresToken: true } as const
const schema = { hide: true }

const script = 'text/javascript; charset=utf-8'
/** The plugin's package has the files of Swagger UI. Its own routes read the disk and make the document per request. */
const swagger = new URL('static/', import.meta.resolve('@fastify/swagger-ui'))
const files = {
  '/api/docs/swagger-ui-bundle.js': { url: new URL('swagger-ui-bundle.js', swagger), type: script },
  '/api/docs/swagger-ui.css': { url: new URL('swagger-ui.css', swagger), type: 'text/css; charset=utf-8' },
  '/api/redoc/redoc.standalone.js': {
    url: new URL('./redoc/redoc.standalone.js', import.meta.url),
    type: script,
  },
}

/** Both pages set styles at run time and call the API of their own origin. They load nothing from other origins. */
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; " +
  "connect-src 'self'; worker-src blob:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"

/** Adds the OpenAPI and AsyncAPI documents, Swagger UI at `/api/docs` and ReDoc at `/api/redoc`. */
export function addDocs(server: FastifyInstance, { title, asyncapi }: Pages): void {
  const http = server as unknown as Http
  addDocument(http, '/api/openapi.json', () => server.swagger())
  addDocument(http, '/api/asyncapi.json', asyncapi)
  for (const path of ['/api/docs', '/api/docs/']) addPage(http, path, swaggerPage(title))
  addPage(http, '/api/redoc', redocPage(title))
  for (const [path, file] of Object.entries(files)) http.get(path, { schema, config }, sendFile(file))
  http.get('/api/docs/start.js', { schema, config }, (_request, reply) =>
    reply.header('content-type', script).send(swaggerStart),
  )
}

function addPage(http: Http, path: string, page: string): void {
  http.get(path, { schema, config }, (_request, reply) =>
    reply.header('content-security-policy', policy).header('content-type', 'text/html; charset=utf-8').send(page),
  )
}

/** Makes the document at its first request, so that the start of the server does not wait for it. */
function addDocument(http: Http, path: string, make: () => object): void {
  let prepared: Prepared | undefined
  http.get(path, { schema, config }, (request, reply) => {
    prepared ??= preparedOf(Buffer.from(JSON.stringify(make())))
    return sendCached(request, reply, prepared)
  })
}
