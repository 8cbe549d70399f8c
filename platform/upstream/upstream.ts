import { Circuit } from '#platform/circuit'
import { activeContext, inSpan } from '#platform/telemetry'
import { minutes, seconds } from '#platform/values'
import type { Address } from './address.ts'
import { Addresses, type Resolve } from './addresses.ts'
import { NoAnswer } from './no-answer.ts'
import { probeReadiness } from './probe-readiness.ts'
import type { UpstreamLimits, UpstreamRequest, UpstreamResponse } from './upstream-request.ts'

type Options = Readonly<{
  /** The name of the service, for errors and metrics: `shop`. */
  service: string
  /** Its addresses. A name may have several, and is resolved again every five seconds. */
  urls: readonly string[]
  limits?: Partial<UpstreamLimits>
  /** Asks each address every two seconds at this path whether it is ready; never when absent. */
  readinessPath?: string
  /** DNS when absent. */
  resolve?: Resolve
}>

const defaultLimits: UpstreamLimits = { connect: seconds(1), headers: seconds(15), body: minutes(1) }
const maxAttempts = 3
/** The parts of a request have limits of their own; this one ends a request whose upload never ends. */
const longestRequest = minutes(30)

/**
 * The connections of this process to another service. A request goes to the address with the fewest running requests that
 * is not ejected. Another address gets it when no connection was made, or when no answer came and it may be repeated. After
 * five requests in a row without an answer the circuit refuses further ones at once.
 */
export class Upstream {
  readonly service: string
  readonly #addresses: Addresses
  readonly #circuit: Circuit
  readonly #stopProbing: () => void
  #requests = 0
  #ejections = 0
  #repeats = 0
  readonly #outcomes = { answered: 0, 'no-answer': 0, refused: 0, 'given-up': 0 }

  constructor({ service, urls, limits, readinessPath, resolve }: Options) {
    this.service = service
    this.#addresses = new Addresses({
      service,
      urls,
      limits: { ...defaultLimits, ...limits },
      resolve,
      onEjected: () => void this.#ejections++,
    })
    this.#circuit = new Circuit(`the ${service} service`, { timeLimit: longestRequest, isTraced: false })
    this.#stopProbing = readinessPath === undefined ? () => {} : probeReadiness(this.#addresses, readinessPath)
  }

  /** Returns the answer, whatever its status. Throws `Unavailable`, `BodyCut`, and `NoAnswer` when the outcome may be unknown. */
  async request(request: UpstreamRequest): Promise<UpstreamResponse> {
    const describe = () =>
      ({
        name: `${request.method} ${this.service}`,
        kind: 'client',
        attributes: { 'http.request.method': request.method, 'peer.service': this.service },
      }) as const
    try {
      const run = () => this.#circuit.run(() => this.#attempt(withTrace(request)), request.signal)
      const response = await inSpan(describe, run)
      this.#outcomes.answered++
      return response
    } catch (error) {
      this.#outcomes[request.signal?.aborted ? 'given-up' : error instanceof NoAnswer ? 'no-answer' : 'refused']++
      throw error
    }
  }

  /** The requests so far by their outcome, further attempts, and ejected addresses. */
  get counts() {
    return { outcomes: this.#outcomes, repeats: this.#repeats, ejections: this.#ejections } as const
  }

  /** The addresses at this moment, and the requests that run there. */
  get addresses() {
    const known = this.#addresses.known
    const ejected = known.filter(({ ejectedUntil }) => ejectedUntil > performance.now()).length
    const running = known.reduce((sum, address) => sum + address.running, 0)
    return { available: known.length - ejected, ejected, running } as const
  }

  async close(): Promise<void> {
    this.#stopProbing()
    await this.#addresses.close()
  }

  async #attempt(request: UpstreamRequest): Promise<UpstreamResponse> {
    const body = bodyOnce(request.body)
    const tried = new Set<Address>()
    for (;;) {
      const address = choose(await this.#addresses.list(), tried)
      tried.add(address)
      address.lastUsed = ++this.#requests
      if (tried.size > 1) this.#repeats++
      try {
        return await address.send({ ...request, ...(body.value !== undefined && { body: body.value }) }, body)
      } catch (error) {
        if (!(error instanceof NoAnswer) || body.isRead() || !mayRepeat(error, request)) throw error
        if (tried.size >= maxAttempts || request.signal?.aborted) throw error
        if ((await this.#addresses.list()).every((known) => tried.has(known))) {
          // A second attempt at the only address: its connection may have been an old one.
          if (!error.sent || tried.size > 1) throw error
          this.#repeats++
          return await address.send({ ...request, ...(body.value !== undefined && { body: body.value }) }, body)
        }
      }
    }
  }
}

/** The service continues the trace of the caller. */
function withTrace(request: UpstreamRequest): UpstreamRequest {
  const traceparent = activeContext()?.traceparent
  return traceparent === undefined ? request : { ...request, headers: { ...request.headers, traceparent } }
}

/** A request that was never sent may go elsewhere, whatever it does. */
function mayRepeat({ sent, isTimeout }: NoAnswer, { repeat }: UpstreamRequest): boolean {
  if (!sent) return true
  return isTimeout ? repeat === 'after-loss-or-timeout' : repeat !== undefined
}

/** The address with the fewest running requests, in turn; among ejected ones, the one that comes back first. */
function choose(addresses: readonly Address[], tried: ReadonlySet<Address>): Address {
  const now = performance.now()
  const rank = (address: Address) => Math.max(0, address.ejectedUntil - now)
  const [first] = addresses
    .filter((address) => !tried.has(address))
    .toSorted((a, b) => compare(rank(a), rank(b)) || a.running - b.running || a.lastUsed - b.lastUsed)
  if (!first) throw new Error('There is no further address')
  return first
}

/** Two infinite ranks are equal. */
const compare = (a: number, b: number): number => (a === b ? 0 : a - b)

/** A stream may be sent to another address as long as no attempt has read from it. */
function bodyOnce(body: UpstreamRequest['body']) {
  let read: 'not' | 'in part' | 'whole' = 'not'
  const isRead = () => read !== 'not'
  const isInBody = () => read === 'in part'
  if (body === undefined || typeof body === 'string') return { value: body, isRead, isInBody }
  async function* readBody(source: AsyncIterable<Uint8Array>) {
    read = 'in part'
    yield* source
    read = 'whole'
  }
  return { value: { [Symbol.asyncIterator]: () => readBody(body) }, isRead, isInBody }
}
