import type { IncomingHttpHeaders } from 'node:http'
import type { AnyRequest } from '../routes.ts'

/** Headers about one connection (RFC 9110 §7.6.1), and those that only a proxy may set. */
const ofConnection = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'http2-settings',
])
const setByProxies = /^(x-forwarded-.*|forwarded|x-real-ip|x-client-ip|true-client-ip|cf-connecting-ip|via)$/
/** The server has answered `Expect: 100-continue` already. */
const consumed = new Set(['expect'])

type Headers = Record<string, string | string[]>

/**
 * The headers of a request as the service gets them. A client cannot name its own address: those of trusted proxies are
 * passed on, and nothing before them.
 */
export function requestHeadersOf(request: AnyRequest, hasBody: boolean): Headers {
  const headers = withoutConnection(request.headers)
  for (const name of Object.keys(headers)) if (setByProxies.test(name) || consumed.has(name)) delete headers[name]
  if (!hasBody) {
    delete headers['content-length']
    delete headers['content-type']
  }
  const { ips, ip, protocol, host, id } = request
  return {
    ...headers,
    'x-forwarded-for': (ips ? ips.toReversed() : [ip]).join(', '),
    'x-forwarded-proto': protocol,
    'x-forwarded-host': host,
    'x-request-id': id,
  }
}

/** The headers of an answer as the client gets them. */
export const responseHeadersOf = (headers: IncomingHttpHeaders): Headers => withoutConnection(headers)

/** Leaves out the headers about one connection, and those that `Connection` names. */
function withoutConnection(headers: IncomingHttpHeaders): Headers {
  const named = new Set((headers.connection ?? '').split(',').map((name) => name.trim().toLowerCase()))
  const kept = Object.entries(headers).filter(([name]) => !ofConnection.has(name) && !named.has(name))
  return Object.fromEntries(kept.filter((entry): entry is [string, string | string[]] => entry[1] !== undefined))
}
