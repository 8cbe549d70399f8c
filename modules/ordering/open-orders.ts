import { addressKey, isPrivateAddress } from '#platform/limits'
import type { Refused } from '#platform/outcome'

/** How much one buyer may order without paying. 0 is no limit. */
export type OpenOrderLimits = Readonly<{ maxOpenOrders: number; maxHeldPerVariant: number }>

/** An order is open until its money has arrived: until it is paid or, for cash, handed over; or until it is cancelled. */
export const countedBy = ['account', 'email', 'phone', 'address'] as const
type CountedBy = (typeof countedBy)[number]

type Buyer = Readonly<{
  user_id: string
  email?: string | undefined
  recipient_phone: string | null
  /** The network address of the client. */
  client_address: string
}>

/** Everything by which an order of the buyer counts, such as `phone:79123456789`. */
export function buyerKeysOf(buyer: Buyer): readonly string[] {
  const keys: Readonly<Record<CountedBy, string | undefined>> = {
    account: buyer.user_id,
    email: mailboxOf(buyer.email ?? ''),
    phone: phoneOf(buyer.recipient_phone ?? ''),
    address: networkOf(buyer.client_address),
  }
  return countedBy.flatMap((each) => (keys[each] === undefined ? [] : [`${each}:${keys[each]}`]))
}

/** The mailbox of an e-mail address: `Anna+shop@example.org` reaches the same person as `anna@example.org`. */
function mailboxOf(email: string): string | undefined {
  const [, name, domain] = /^([^@+]+)[^@]*@(.+)$/.exec(email.toLowerCase()) ?? []
  return name === undefined ? undefined : `${name}@${domain}`
}

/** The digits of a phone. A Russian number has one form, however it begins: +7, 8 or nothing. */
function phoneOf(phone: string): string | undefined {
  const digits = phone.replaceAll(/\D/g, '')
  if (digits.length < 5) return undefined
  if (digits.length === 10 && digits.startsWith('9')) return `7${digits}`
  return digits.length === 11 && digits.startsWith('8') ? `7${digits.slice(1)}` : digits
}

/**
 * The network of a client. A private address does not count: behind a proxy that `TRUSTED_PROXIES` does not name, every
 * client has the address of the proxy, and five orders would close the shop.
 */
function networkOf(address: string): string | undefined {
  return isPrivateAddress(address) ? undefined : addressKey(address)
}

/** The open orders that count by one key: their number, or (with `variant_id`) their pieces of one variant. */
export type OpenCount = Readonly<{ buyer_key: string; variant_id: string | null; count: number }>

export type TooManyOpenOrders = Refused<'too-many-open-orders'> &
  Readonly<{
    counted_by: CountedBy
    maximum: number
    /** Open now. Null unless the orders of the caller's own account are counted: others' orders are not shown. */
    open: number | null
    /** Set when there would be too many pieces of this variant. */
    variant_id: string | null
  }>

type Piece = Readonly<{ variant_id: string; quantity: number }>
type Opening = Readonly<{ keys: readonly string[]; pieces: readonly Piece[]; open: readonly OpenCount[] }>

/** Refuses one more open order of `pieces` when a limit is reached by one of the buyer's keys. */
export function tooManyOpen({ keys, pieces, open }: Opening, limits: OpenOrderLimits): TooManyOpenOrders | undefined {
  const countOf = (key: string, variant_id: string | null) =>
    open.find((count) => count.buyer_key === key && count.variant_id === variant_id)?.count ?? 0
  const refusal = (key: string, rest: Readonly<{ maximum: number; variant_id: string | null }>): TooManyOpenOrders => {
    const counted_by = countedBy.find((each) => key.startsWith(`${each}:`)) ?? 'account'
    const isOwn = counted_by === 'account'
    return {
      kind: 'refused',
      reason: 'too-many-open-orders',
      counted_by,
      open: isOwn ? countOf(key, rest.variant_id) : null,
      ...rest,
    }
  }
  const { maxOpenOrders, maxHeldPerVariant } = limits
  for (const key of keys) {
    if (maxOpenOrders > 0 && countOf(key, null) >= maxOpenOrders) {
      return refusal(key, { maximum: maxOpenOrders, variant_id: null })
    }
    if (maxHeldPerVariant === 0) continue
    for (const [variant_id, quantity] of sumByVariant(pieces)) {
      if (countOf(key, variant_id) + quantity > maxHeldPerVariant) {
        return refusal(key, { maximum: maxHeldPerVariant, variant_id })
      }
    }
  }
  return undefined
}

function sumByVariant(pieces: readonly Piece[]): ReadonlyMap<string, number> {
  const sums = new Map<string, number>()
  for (const { variant_id, quantity } of pieces) {
    const id = variant_id.toLowerCase()
    sums.set(id, (sums.get(id) ?? 0) + quantity)
  }
  return sums
}
