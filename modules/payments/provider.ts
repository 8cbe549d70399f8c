import type { Method } from './payment.ts'

/** What every verb names: our payment id is the provider's idempotency key, the sum guards against mistakes. */
export type ChargeKey = Readonly<{ payment_id: string; amount: number; currency: string }>

/** A payment as the provider sees it. */
export type Charge = Readonly<{ amount: number; currency: string; confirmation_url: string | null }> &
  (
    | Readonly<{ status: 'pending' | 'processing' | 'declined' | 'cancelled' }>
    | Readonly<{ status: 'succeeded'; transaction_id: string }>
  )

type ChargeInput = ChargeKey & Readonly<{ description: string; return_url: string }>
export type RefundInput = ChargeKey & Readonly<{ refund_id: string }>

/**
 * Whoever moves the money. Every verb may be repeated with the same ids and changes nothing the second time. A verb that
 * gets no answer in time throws `ProviderUnavailable`: its outcome is then unknown until `query` tells.
 */
export type Provider = Readonly<{
  name: string
  start: (input: ChargeInput) => Promise<Charge>
  /** Undefined: the provider has never heard of it. */
  query: (key: ChargeKey) => Promise<Charge | undefined>
  /** Cancels unless the money is there already, and refuses the id for ever, even one never heard of. */
  cancel: (key: ChargeKey) => Promise<Charge>
  /** Takes the money that was only promised so far. */
  capture: (key: ChargeKey) => Promise<Charge>
  /** Gives `amount` of the payment back. */
  refund: (input: RefundInput) => Promise<'refunded' | 'refused'>
}>

/** No answer, or one that says nothing: the provider may have done what it was asked or not. */
export class ProviderUnavailable extends Error {
  constructor(name: string, cause?: unknown) {
    super(`${name} gave no answer`, { cause })
    this.name = 'ProviderUnavailable'
  }
}

/** Which provider a way to pay goes to, and who took an earlier payment. */
export type Providers = Readonly<{
  by: (method: Method) => Provider
  named: (name: string) => Provider
}>

export function providersOf(methods: Readonly<Record<Method, Provider>>): Providers {
  const byName = new Map(Object.values(methods).map((provider) => [provider.name, provider]))
  const named = (name: string) => {
    const provider = byName.get(name)
    if (!provider) throw new Error(`A payment was taken by ${name}, which is not connected any more`)
    return provider
  }
  return { by: (method) => methods[method], named }
}
