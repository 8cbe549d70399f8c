import { createServer, type RequestListener, type Server } from 'node:http'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import { fastify, LogController, type FastifyBaseLogger, type FastifyInstance } from 'fastify'
import type { Log } from '#platform/telemetry'
import { localeOf } from '#platform/values'
import { usualBodyLimit } from '../request/body-limit.ts'
import { requestIdOf } from '../request/request-id.ts'
import { problemOf } from '../problems/problem-of.ts'
import { sendProblem } from '../problems/send-problem.ts'
import type { AnyRequest } from '../routes.ts'
import { boundConnections } from './bound-connections.ts'
import { capConnections } from './cap-connections.ts'
import { clientErrorHandler } from './client-error-handler.ts'
import { lingerBeforeClose } from './linger-before-close.ts'
import { PacketRequest, PacketResponse } from './discarded-requests.ts'
import type { ServerSettings } from './server-settings.ts'
import { sharedAddresses } from './shared-addresses.ts'

type Options = Readonly<{ settings: ServerSettings; log: Log; versionedUrl: (url: string) => string }>

const requestFields = ['caller', 'token', 'locale', 'facts', 'traceContext', 'attempt', 'rawBody', 'act', 'createdId']

/** A Fastify instance with the settings, without hooks and routes. */
export function fastifyServer({ settings, log, versionedUrl }: Options): FastifyInstance {
  const { trustedProxies } = settings
  const logger: FastifyBaseLogger = log
  const server = fastify({
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true }),
    // Log lines take the request from the trace context, so a child logger per request would be wasted.
    childLoggerFactory: (logger) => logger,
    genReqId: requestIdOf,
    trustProxy: trustedProxies.length > 0 ? [...trustedProxies] : false,
    bodyLimit: usualBodyLimit,
    serverFactory: (handle) => nodeServer(handle, settings),
    routerOptions: { maxParamLength: 500 },
    rewriteUrl: ({ url = '/' }) => versionedUrl(url),
    // A stopping server answers the requests of open connections, and closes each connection after its answer.
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    frameworkErrors: (error, request, reply) => {
      request.locale = localeOf(request.headers['accept-language'])
      reply
        .header('x-request-id', request.id)
        .header('x-response-time', '0.0ms')
        .header('x-content-type-options', 'nosniff')
      sendProblem(reply, problemOf(error, request as AnyRequest))
    },
    clientErrorHandler,
  }).withTypeProvider<TypeBoxTypeProvider>()
  for (const field of requestFields) server.decorateRequest(field, undefined)
  server.decorateRequest('receivedAt', 0)
  return server
}

function nodeServer(handle: RequestListener, settings: ServerSettings): Server {
  const { requestTimeout, keepAliveTimeout, headersTimeout, writeTimeout, connections, trustedProxies } = settings
  const server = createServer({
    requestTimeout,
    keepAliveTimeout,
    headersTimeout,
    connectionsCheckingInterval: 1000,
    IncomingMessage: PacketRequest,
    ServerResponse: PacketResponse,
  })
  server.maxRequestsPerSocket = 10_000
  capConnections(server, connections, sharedAddresses(trustedProxies))
  lingerBeforeClose(server)
  boundConnections(server, handle, writeTimeout)
  return server
}
