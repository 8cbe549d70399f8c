import { Circuit } from '#platform/circuit'
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
const mostAttempts = 3
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

  constructor({ service, urls, limits, readinessPath, resolve }: Options) {
    this.service = service
    this.#addresses = new Addresses({ service, urls, limits: { ...defaultLimits, ...limits }, resolve })
    this.#circuit = new Circuit(`the ${service} service`, { timeLimit: longestRequest })
    this.#stopProbing = readinessPath === undefined ? () => {} : probeReadiness(this.#addresses, readinessPath)
  }

  /** Returns the answer, whatever its status. Throws `Unavailable`, and `NoAnswer` when the outcome may be unknown. */
  async request(request: UpstreamRequest): Promise<UpstreamResponse> {
    return await this.#circuit.run(async () => await this.#attempt(request), request.signal)
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
      try {
        return await address.send({ ...request, ...(body.value !== undefined && { body: body.value }) })
      } catch (error) {
        if (!(error instanceof NoAnswer) || body.isRead() || !mayRepeat(error, request)) throw error
        if (tried.size >= mostAttempts || request.signal?.aborted) throw error
        if ((await this.#addresses.list()).every((known) => tried.has(known))) {
          // A second attempt at the only address: its connection may have been an old one.
          if (!error.sent || tried.size > 1) throw error
          return await address.send({ ...request, ...(body.value !== undefined && { body: body.value }) })
        }
      }
    }
  }
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
  let read = false
  if (body === undefined || typeof body === 'string') return { value: body, isRead: () => false }
  async function* readBody(source: AsyncIterable<Uint8Array>) {
    read = true
    yield* source
  }
  return { value: { [Symbol.asyncIterator]: () => readBody(body) }, isRead: () => read }
}
