import type { Socket } from 'node:net'
import { localeOf, newId, type Locale } from '#platform/values'
import { Problem, problemText } from '../problems/problem.ts'

/** Errors of Node's HTTP parser, which happen before Fastify has a request. */
const problems: Readonly<Record<string, readonly [number, string, string]>> = {
  HPE_HEADER_OVERFLOW: [431, 'headers-too-large', 'Request Header Fields Too Large'],
  HPE_INVALID_URL: [400, 'unencoded-url', 'Bad Request'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'request-timeout', 'Request Timeout'],
}

/** Answers malformed, oversized and slow requests on the bare socket, and closes it. */
export function clientErrorHandler(error: Error & { code?: string; rawPacket?: unknown }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy()
  const [status, code, phrase] = problems[error.code ?? ''] ?? [400, 'malformed-request', 'Bad Request']
  const id = newId()
  const body = problemText(new Problem(status, code), localeIn(error.rawPacket), id)
  socket.end(
    `HTTP/1.1 ${status} ${phrase}\r\n` +
      'content-type: application/problem+json; charset=utf-8\r\n' +
      `content-length: ${Buffer.byteLength(body)}\r\n` +
      `x-request-id: ${id}\r\nx-response-time: 0.0ms\r\nconnection: close\r\n\r\n${body}`,
  )
}

/** The language that the unread request asks for. Its header is looked for where a header may be. */
function localeIn(packet: unknown): Locale {
  if (!Buffer.isBuffer(packet)) return 'en'
  const [, accepted] = /\r\naccept-language: *([^\r]{1,200})\r\n/i.exec(packet.toString('latin1', 0, 16_384)) ?? []
  return accepted === undefined ? 'en' : localeOf(accepted)
}
