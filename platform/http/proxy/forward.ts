import type { IncomingMessage } from 'node:http'
import { withContext } from '#platform/telemetry'
import { BodyCut, NoAnswer, type Upstream, type UpstreamRequest } from '#platform/upstream'
import { Problem } from '../problems/problem.ts'
import { traceContextOf } from '../request/trace-context.ts'
import type { AnyReply, AnyRequest } from '../routes.ts'
import { requestHeadersOf, responseHeadersOf } from './forwarded-headers.ts'

/** RFC 9110 §9.2.1: a second attempt of a read does no harm. */
const safe = new Set(['GET', 'HEAD', 'OPTIONS'])
const withoutBody = new Set(['GET', 'HEAD'])

/** Sends a request to a service and streams its answer. A client that goes away ends the request at the service. */
export async function forward(request: AnyRequest, reply: AnyReply, upstream: Upstream): Promise<AnyReply> {
  const { method, raw } = request
  const hasBody = !withoutBody.has(method) && isSent(raw)
  const gone = new AbortController()
  reply.raw.once('close', () => gone.abort(new Error('The client is gone')))
  try {
    const forwarded: UpstreamRequest = {
      method,
      path: raw.url ?? '/',
      headers: requestHeadersOf(request, hasBody),
      ...(hasBody && { body: streamOf(raw) }),
      ...(safe.has(method) && { repeat: 'after-loss' }),
      signal: gone.signal,
    }
    const { status, headers, body } = await withContext(traceContextOf(request, reply), () =>
      upstream.request(forwarded),
    )
    closeAfterBody()
    return reply.code(status).headers(responseHeadersOf(headers)).send(body)
  } catch (error) {
    if (gone.signal.aborted) return reply.hijack()
    closeAfterBody()
    if (error instanceof BodyCut) throw new Problem(503, 'unavailable')
    throw error instanceof NoAnswer && error.sent ? noAnswer() : error
  }

  /** Without it the server would first read the rest of a body that no service takes. */
  function closeAfterBody(): void {
    if (hasBody && !raw.complete) reply.header('connection', 'close')
  }
}

/** True for a request with a body. */
const isSent = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0

/** The connection stays open when a service stops reading. */
const streamOf = (raw: IncomingMessage): AsyncIterable<Uint8Array> => ({
  [Symbol.asyncIterator]: () => raw.iterator({ destroyOnReturn: false }) as AsyncIterator<Uint8Array>,
})

/** The service got the request and did not answer: it may have carried it out. */
const noAnswer = () =>
  new Problem(504, 'no-answer', {
    en: 'The service did not answer, and may have carried out the request. Repeat it with the same Idempotency-Key.',
    ru: 'Сервис не ответил и мог выполнить запрос. Повторите его с тем же Idempotency-Key.',
  })
