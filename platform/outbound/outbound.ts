import type { Agent, Dispatcher } from 'undici'
import { AddressNotPublic, publicLookup, systemResolve, type Resolve } from './resolve-public.ts'
import { wrongTarget, type Reach, type WrongTarget } from './target.ts'

/** Why a request has no response. */
type OutboundFailure = WrongTarget | 'unknown-host' | 'tls-failed' | 'timeout' | 'no-response'

/** The response to a request, or the reason why there is none; `duration` in milliseconds. */
export type OutboundResult = Readonly<{ duration: number }> &
  (
    | Readonly<{ kind: 'response'; status: number; excerpt: string; retryAfter: string | undefined }>
    | Readonly<{ kind: 'failed'; reason: OutboundFailure }>
  )

type Post = Readonly<{ url: string; headers: Readonly<Record<string, string>>; body: string; signal: AbortSignal }>

/** Sends requests to addresses that people outside the program choose. */
export type Outbound = Readonly<{
  /** Sends one POST. It follows no redirect, and reads no more of the response than an excerpt of 1,000 characters. */
  post: (request: Post) => Promise<OutboundResult>
  /** Ends the open connections. */
  close: () => Promise<void>
}>

type Needs = Readonly<{
  reach: Reach
  /** Milliseconds from the start of a request to the end of its response. */
  timeLimit: number
  /** The name servers of the system when absent. */
  resolve?: Resolve
}>

const connectTimeLimit = 5000
const excerptBytes = 4096
const excerptLength = 1000

/** Opens a client for URLs that the program must not trust: no request reaches a private network through it. */
export function openOutbound({ reach, timeLimit, resolve = systemResolve() }: Needs): Outbound {
  let opening: Promise<Agent> | undefined
  // The library is loaded with the first request.
  const open = async () => {
    const { Agent } = await import('undici')
    const lookup = publicLookup(resolve) as unknown as never
    const connect = { timeout: connectTimeLimit, allowH2: false, ...(reach === 'public' && { lookup }) }
    return new Agent({ connect, pipelining: 1, maxHeaderSize: 16_384 })
  }
  return {
    post: async ({ url, headers, body, signal }) => {
      const started = performance.now()
      const duration = () => Math.round(performance.now() - started)
      const wrong = wrongTarget(url, reach)
      if (wrong) return { kind: 'failed', reason: wrong, duration: 0 }
      const limit = AbortSignal.timeout(timeLimit)
      try {
        const { request } = await import('undici')
        const dispatcher = await (opening ??= open())
        const end = AbortSignal.any([signal, limit])
        const response = await request(url, { dispatcher, method: 'POST', headers, body, signal: end })
        const excerpt = await excerptOf(response.body)
        const retryAfter = [response.headers['retry-after']].flat()[0]
        return { kind: 'response', status: response.statusCode, excerpt, retryAfter, duration: duration() }
      } catch (error) {
        signal.throwIfAborted()
        return { kind: 'failed', reason: limit.aborted ? 'timeout' : failureOf(error), duration: duration() }
      }
    },
    close: async () => {
      const agent = await opening
      opening = undefined
      await agent?.destroy()
    },
  }
}

/** The beginning of a response. The rest is never read: its connection is closed. */
async function excerptOf(body: Dispatcher.ResponseData['body']): Promise<string> {
  const parts: Buffer[] = []
  let length = 0
  // Ending a body early is an error of its stream.
  body.on('error', () => {})
  try {
    for await (const part of body as AsyncIterable<Buffer>) {
      parts.push(part)
      length += part.length
      if (length >= excerptBytes) break
    }
  } catch {
    // The receiver has sent its status, which decides. A body that stops half-way changes nothing.
  }
  return Buffer.concat(parts)
    .subarray(0, excerptBytes)
    .toString('utf8')
    .replaceAll(/[\p{Cc}\p{Cs}\u2028\u2029\u202a-\u202e\u2066-\u2069]+/gu, ' ')
    .slice(0, excerptLength)
    .toWellFormed()
}

const timeouts = new Set(['UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'ETIMEDOUT'])
const unknownHosts = new Set(['ENOTFOUND', 'ENODATA', 'EAI_AGAIN', 'ESERVFAIL', 'ETIMEOUT', 'EREFUSED', 'EBADNAME'])

function failureOf(error: unknown): OutboundFailure {
  if (error instanceof AddressNotPublic) return 'address-not-public'
  const { code = '' } = error as { code?: string }
  if (timeouts.has(code)) return 'timeout'
  if (unknownHosts.has(code)) return 'unknown-host'
  if (/^(CERT_|ERR_TLS_|ERR_SSL_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_)/.test(code)) return 'tls-failed'
  return 'no-response'
}
