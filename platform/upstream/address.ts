import type { Pool } from 'undici'
import { seconds } from '#platform/values'
import { BodyCut, isConnectError, isLocalError, NoAnswer } from './no-answer.ts'
import type { UpstreamLimits, UpstreamRequest, UpstreamResponse } from './upstream-request.ts'

const failuresUntilEjected = 3
const firstPause = seconds(1)
const maxPause = seconds(30)

type Place = Readonly<{
  service: string
  /** The configured address; TLS and virtual hosts need its name. */
  url: URL
  ip: string
  limits: UpstreamLimits
  onEjected?: (() => void) | undefined
}>

/** Whether the body of a request is being sent. */
type SendOptions = Readonly<{ isInBody: () => boolean }>

/**
 * One address of a service, with its connections. It is ejected when it refuses a connection or leaves three requests in a
 * row without an answer: first for 1 s, then longer, up to 30 s.
 */
export class Address {
  readonly key: string
  readonly #place: Place
  readonly #pool: Promise<Pool>
  /** The number of the last request that went here. */
  lastUsed = 0
  #running = 0
  #failures = 0
  #ejections = 0
  #ejectedUntil = 0
  #ready = true

  constructor(place: Place) {
    const { url, ip, limits } = place
    this.key = keyOf(url, ip)
    this.#place = place
    this.#pool = openPool(this.key, {
      connect: { timeout: limits.connect, ...(url.protocol === 'https:' && { servername: url.hostname }) },
      headersTimeout: limits.headers,
      bodyTimeout: limits.body,
    })
  }

  /** The requests without a complete answer. */
  get running(): number {
    return this.#running
  }

  /** When requests may go here again, as `performance.now()` counts; in the past when they may. */
  get ejectedUntil(): number {
    return this.#ready ? this.#ejectedUntil : Number.POSITIVE_INFINITY
  }

  /** Throws `NoAnswer`, `BodyCut`, the reason of the request's signal, or the error of a request that cannot be sent. */
  async send(
    { method, path, headers, body, timeLimit, signal }: UpstreamRequest,
    sending?: SendOptions,
  ): Promise<UpstreamResponse> {
    this.#running++
    try {
      const late = timeLimit !== undefined && { headersTimeout: timeLimit }
      const options = { method, path, headers, body: body ?? null, signal: signal ?? null, ...late }
      const pool = await this.#pool
      const answer = await pool.request(options as Parameters<Pool['request']>[0])
      answer.body.once('close', () => this.#running--)
      // A body that breaks after the headers fails its reader.
      answer.body.on('error', () => {})
      this.#answered()
      return { status: answer.statusCode, headers: answer.headers, body: answer.body }
    } catch (error) {
      this.#running--
      if (signal?.aborted || isLocalError(error)) throw error
      // The client decides about the body: a service that refuses it is not away.
      if (sending?.isInBody()) throw new BodyCut(`The ${this.#place.service} service`, error)
      const sent = !isConnectError(error)
      this.#failed(sent)
      throw new NoAnswer(`The ${this.#place.service} service`, { sent, cause: error })
    }
  }

  /** Records whether the process at this address says that it is ready for requests. */
  recordReadiness(ready: boolean): void {
    this.#ready = ready
  }

  async close(): Promise<void> {
    await (await this.#pool).destroy()
  }

  #answered(): void {
    this.#failures = 0
    this.#ejections = 0
    this.#ejectedUntil = 0
  }

  #failed(sent: boolean): void {
    if (++this.#failures < failuresUntilEjected && sent) return
    this.#place.onEjected?.()
    this.#ejectedUntil = performance.now() + Math.min(maxPause, firstPause * 2 ** this.#ejections++)
  }
}

/** A process that calls no other service does not load the library. */
async function openPool(origin: string, options: Pool.Options): Promise<Pool> {
  const { Pool } = await import('undici')
  return new Pool(origin, options)
}

/** `http://[::1]:8002`. */
export const keyOf = ({ protocol, port }: URL, ip: string): string =>
  `${protocol}//${ip.includes(':') ? `[${ip}]` : ip}${port === '' ? '' : `:${port}`}`
