import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { seconds } from '#platform/values'
import { Address, keyOf } from './address.ts'
import { NoAnswer } from './no-answer.ts'
import type { UpstreamLimits } from './upstream-request.ts'

/** Resolves a host name to all its addresses. */
export type Resolve = (host: string) => Promise<readonly string[]>

const resolveByDns: Resolve = async (host) => (await lookup(host, { all: true })).map(({ address }) => address)

/** Copies come and go without notice: names are resolved again after this time. */
const resolvedFor = seconds(5)

type Needs = Readonly<{
  service: string
  urls: readonly string[]
  limits: UpstreamLimits
  resolve?: Resolve | undefined
  onEjected?: () => void
}>

/** All addresses of a service: those of each name in `urls`. */
export class Addresses {
  readonly #service: string
  readonly #urls: readonly URL[]
  readonly #limits: UpstreamLimits
  readonly #resolve: Resolve
  readonly #onEjected: (() => void) | undefined
  #known = new Map<string, Address>()
  #resolvedAt = Number.NEGATIVE_INFINITY
  #resolving: Promise<void> | undefined

  constructor({ service, urls, limits, resolve = resolveByDns, onEjected }: Needs) {
    this.#service = service
    this.#urls = urls.map((url) => new URL(url))
    this.#limits = limits
    this.#resolve = resolve
    this.#onEjected = onEjected
  }

  /** The present addresses. Throws `NoAnswer` while no name resolves. */
  async list(): Promise<readonly Address[]> {
    const isOld = performance.now() - this.#resolvedAt > resolvedFor
    if (isOld) this.#resolving ??= this.#update().finally(() => (this.#resolving = undefined))
    // Only the first request waits for the names.
    if (this.#known.size === 0) await this.#resolving
    else this.#resolving?.catch(() => {})
    return [...this.#known.values()]
  }

  /** The addresses of the last resolution. */
  get known(): readonly Address[] {
    return [...this.#known.values()]
  }

  async close(): Promise<void> {
    await this.#resolving?.catch(() => {})
    await Promise.all([...this.#known.values()].map((address) => address.close()))
  }

  async #update(): Promise<void> {
    const found = await Promise.allSettled(this.#urls.map(async (url) => await this.#placesOf(url)))
    const places = found.flatMap((result) => (result.status === 'fulfilled' ? result.value : []))
    const failure = found.find((result) => result.status === 'rejected')
    if (places.length === 0)
      throw new NoAnswer(`The ${this.#service} service`, { sent: false, cause: failure?.reason as unknown })
    // A name that does not resolve at the moment keeps its addresses.
    const next = new Map(failure ? this.#known : [])
    for (const { url, ip } of places) {
      const key = keyOf(url, ip)
      const place = { service: this.#service, url, ip, limits: this.#limits, onEjected: this.#onEjected }
      next.set(key, this.#known.get(key) ?? new Address(place))
    }
    const gone = [...this.#known.values()].filter(({ key }) => !next.has(key))
    this.#known = next
    this.#resolvedAt = performance.now()
    for (const address of gone) closeWhenIdle(address)
  }

  async #placesOf(url: URL) {
    const host = url.hostname.replace(/^\[|\]$/g, '')
    const ips = isIP(host) === 0 ? await this.#resolve(host) : [host]
    return ips.map((ip) => ({ url, ip }))
  }
}

/** A request that runs keeps its connection, although its address has left the name. */
function closeWhenIdle(address: Address): void {
  const timer = setInterval(() => {
    if (address.running > 0) return
    clearInterval(timer)
    void address.close()
  }, seconds(1))
  timer.unref()
}
