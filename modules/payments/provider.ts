import { Circuit } from '#platform/circuit'
import { Unavailable, type Refused } from '#platform/outcome'
import type { PaymentMethod } from './schema.ts'

/** Our payment id is the provider's idempotency key. The provider refuses the id with another amount. */
export type ChargeKey = Readonly<{ payment_id: string; amount: number; currency: string }>

/** A payment as the provider reports it. */
export type Charge = Readonly<{ amount: number; currency: string; confirmation_url: string | null }> &
  (
    | Readonly<{ status: 'pending' | 'processing' | 'declined' | 'cancelled' }>
    | Readonly<{ status: 'succeeded'; transaction_id: string }>
  )

type ChargeInput = ChargeKey & Readonly<{ description: string; return_url: string }>
export type RefundInput = ChargeKey & Readonly<{ refund_id: string }>
export type RefundAnswer = 'refunded' | 'refused'

/** A webhook as it arrived: signatures are computed over the raw bytes. */
export type Webhook = Readonly<{
  headers: Readonly<Record<string, string | readonly string[] | undefined>>
  body: Uint8Array
}>

/** The status in a webhook is not part of the outcome: payments reads the charge at the provider instead. */
export type WebhookOutcome =
  | Readonly<{ kind: 'authentic'; webhook_id: string; payment_id: string }>
  | Refused<'bad-signature' | 'malformed-webhook'>

/**
 * The port to a payment provider. Every call may be repeated with the same ids and changes nothing the second time. A call
 * that gets no answer in time throws `ProviderUnavailable`: its outcome is unknown until `query` returns it.
 */
export type Provider = Readonly<{
  /** Names the provider in the database, in events and in the path of its webhook. */
  code: string
  /** The payment methods that the provider serves. */
  methods: readonly PaymentMethod[]
  start: (input: ChargeInput) => Promise<Charge>
  /** Returns undefined for a payment that the provider does not have. */
  query: (key: ChargeKey) => Promise<Charge | undefined>
  /** Cancels the charge unless it succeeded, and refuses the id from then on, also an id that the provider does not have. */
  cancel: (key: ChargeKey) => Promise<Charge>
  /** Takes an amount that was only authorized. Absent where a success means that the money was taken. */
  capture?: (key: ChargeKey) => Promise<Charge>
  /** Refunds `amount` of the payment. The first answer for a refund is final. */
  refund: (input: RefundInput) => Promise<RefundAnswer>
  /** Checks the signature and returns the ids. Absent where the provider sends no webhooks. */
  parseWebhook?: (webhook: Webhook) => WebhookOutcome
}>

/** The provider did not answer, or its answer says nothing: it may have executed the call or not. */
export class ProviderUnavailable extends Unavailable {
  constructor(code: string, cause?: unknown) {
    super(`The payment provider ${code}`, { cause })
    this.name = 'ProviderUnavailable'
  }
}

export type Providers = Readonly<{
  /** The provider that takes new payments of a method; `free` takes those of 0 that the buyer would make online. */
  serving: (payment: Readonly<{ method: PaymentMethod; amount: number }>) => Provider
  find: (code: string) => Provider | undefined
  /** The provider of an existing payment. Throws when it is no longer configured. */
  get: (code: string) => Provider
}>

/** The first provider of `all` wins, both for a code and for a method; `free` takes the payments of 0. Each provider has a circuit of its own. */
export function providersOf(all: readonly Provider[], free: Provider): Providers {
  const list = all.map(guarded)
  const find = (code: string) => (code === free.code ? free : list.find((provider) => provider.code === code))
  return {
    find,
    get: (code) => {
      const provider = find(code)
      if (!provider) throw new Error(`A payment belongs to the provider ${code}, which is not configured: add it again`)
      return provider
    },
    serving: ({ method, amount }) => {
      if (amount === 0 && method === 'online') return free
      const provider = list.find(({ methods }) => methods.includes(method))
      if (!provider) throw new Error(`No payment provider serves the method ${method}: add one`)
      return provider
    },
  }
}

/** Gives the calls to a provider a time limit and a circuit breaker. A call without an answer throws `ProviderUnavailable`. */
function guarded(provider: Provider): Provider {
  const circuit = new Circuit(`The payment provider ${provider.code}`)
  const run = async <Result>(call: () => Promise<Result>): Promise<Result> =>
    await circuit.run(call).catch((error: unknown) => {
      throw error instanceof Unavailable ? new ProviderUnavailable(provider.code, error) : error
    })
  const { capture } = provider
  return {
    ...provider,
    start: (input) => run(() => provider.start(input)),
    query: (key) => run(() => provider.query(key)),
    cancel: (key) => run(() => provider.cancel(key)),
    refund: (input) => run(() => provider.refund(input)),
    ...(capture && { capture: (key: ChargeKey) => run(() => capture(key)) }),
  }
}

/** A slice could not finish because the provider did not answer; the caller may try again after these seconds. */
export type ProviderSilent = Refused<'provider-unavailable'> & Readonly<{ retry_after: number }>

const providerSilent: ProviderSilent = { kind: 'refused', reason: 'provider-unavailable', retry_after: 5 }

/** Turns `ProviderUnavailable` into a refusal, for `catch`. */
export function refuseWhenSilent(error: unknown): ProviderSilent {
  if (error instanceof ProviderUnavailable) return providerSilent
  throw error
}
