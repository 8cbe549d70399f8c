import type { HeldLine } from '#catalog'
import { addressKey, isPrivateAddress } from '#platform/limits'
import type { Refused } from '#platform/outcome'
import { after, hours, mailboxOf, phoneDigitsOf } from '#platform/values'
import type { PaymentMethod } from './schema.ts'

/** How much one buyer may order without paying. 0 is no limit. */
export type OpenOrderLimits = Readonly<{ maxOpenOrders: number; maxHeldPerVariant: number }>

/** An order is open until its money has arrived: until it is paid or, for cash, handed over; or until it is cancelled. */
export const countedBy = ['account', 'email', 'phone', 'address'] as const
type CountedBy = (typeof countedBy)[number]

type Buyer = Readonly<{
  user_id: string
  email?: string | undefined
  /** The account has proven its mailbox or its Telegram account. */
  is_verified: boolean
  recipient_phone: string | null
  /** The network address of the client; null when staff typed in the order. */
  client_address: string | null
  payment_method: PaymentMethod
}>

/**
 * An open order counts by a key such as `phone:online:79123456789` or `email:verified:online:anna@example.org` until a time;
 * null: until it is no longer open. `network`: from which it was placed, beside a contact that is not proven; otherwise null.
 */
export type BuyerKey = Readonly<{ buyer_key: string; counts_until: Date | null; network: string | null }>

/** How long a cash order counts by the contacts and the address that its buyer may share with others. */
const cashCounts = hours(24)

/**
 * Everything by which an order of the buyer counts. Only the account is surely hers: other people can order with her
 * phone, because contacts are not verified. So contacts and addresses count for each payment method, and the orders of others
 * leave her at least one way to pay. A verified account counts no phone, and its mailbox and address only against the orders
 * of verified accounts: a guest who types her contacts cannot keep her from ordering.
 */
export function buyerKeysOf(buyer: Buyer, now: Date): readonly BuyerKey[] {
  const { payment_method, is_verified, client_address } = buyer
  const shared: Readonly<Record<Exclude<CountedBy, 'account'>, string | undefined>> = {
    email: mailboxOf(buyer.email ?? ''),
    phone: is_verified ? undefined : phoneDigitsOf(buyer.recipient_phone ?? ''),
    address: networkOf(client_address),
  }
  const sharedWith = is_verified ? `verified:${payment_method}` : payment_method
  const counts_until = payment_method === 'cash_on_delivery' ? after(now, cashCounts) : null
  return [
    { buyer_key: accountKeyOf(buyer.user_id), counts_until: null, network: null },
    ...Object.entries(shared)
      .filter(([, value]) => value !== undefined)
      .map(([counted_by, value]) => ({
        buyer_key: `${counted_by}:${sharedWith}:${value}`,
        counts_until,
        network: is_verified || client_address === null || counted_by === 'address' ? null : addressKey(client_address),
      })),
  ]
}

export const accountKeyOf = (user_id: string): string => `account:${user_id}`

/**
 * The network of a client. A private address does not count: behind a proxy that `TRUSTED_PROXIES` does not name, every
 * client has the address of the proxy, and five orders would close the shop.
 */
function networkOf(address: string | null): string | undefined {
  return address === null || isPrivateAddress(address) ? undefined : addressKey(address)
}

/**
 * The open orders that count by one key and were placed from one network: their number, or (with `variant_id`) their pieces of
 * one variant, those in bundles included.
 */
export type OpenCount = Readonly<{
  buyer_key: string
  network: string | null
  variant_id: string | null
  count: number
}>

/**
 * Only the orders of the buyer’s own account are described: the others would show what other people have ordered. A shared key
 * therefore refuses pieces as it refuses orders. `open`: the orders, or the pieces of the variant, that are open now.
 */
export type TooManyOpenOrders =
  | (Refused<'too-many-open-orders'> & Readonly<{ counted_by: CountedBy; maximum: number | null; open: number | null }>)
  | (Refused<'too-many-unpaid-pieces'> & Readonly<{ variant_id: string; maximum: number; open: number }>)

/** Pieces of a variant that an order takes from stock. `at_once`: of these, how many one piece of a bundle needs. */
type Piece = Readonly<{ variant_id: string; quantity: number; at_once?: number }>

/** The pieces of held lines: of each variant itself, and of the components of a bundle, which hold the stock. */
export const piecesOf = (lines: readonly Pick<HeldLine, 'variant_id' | 'quantity' | 'components'>[]): Piece[] =>
  lines.flatMap(({ variant_id, quantity, components = [] }) => [
    { variant_id, quantity },
    ...components.map((each) => ({
      variant_id: each.variant_id,
      quantity: each.quantity * quantity,
      at_once: each.quantity,
    })),
  ])

/** The variants of which an order alone takes more pieces than the limit. */
export const largeOf = (pieces: readonly Piece[], { maxHeldPerVariant }: OpenOrderLimits): readonly string[] =>
  maxHeldPerVariant === 0
    ? []
    : sumByVariant(pieces)
        .filter(({ quantity }) => quantity > maxHeldPerVariant)
        .map(({ variant_id }) => variant_id)

/** The pieces of a variant that are left beside the order; null where stock is not tracked. */
export type LeftOver = ReadonlyMap<string, number | null>

/** A key of a buyer, and the network of the order beside a contact that is not proven. */
export type CountedKey = Pick<BuyerKey, 'buyer_key' | 'network'>

type OpenOrderFacts = Readonly<{
  keys: readonly CountedKey[]
  pieces: readonly Piece[]
  open: readonly OpenCount[]
  /** Of the variants in `largeOf`. */
  left?: LeftOver
}>

/**
 * Refuses one more open order of `pieces` when a limit is reached by one of the buyer's keys. An order of more pieces than the
 * limit is placed when it leaves at least as many to others. One piece of a bundle may always be ordered: a bouquet of 51
 * roses would otherwise never be sold where the limit is 20. A contact that is not proven refuses no network that has no open
 * order with it: people who order with her phone elsewhere leave its owner one order.
 */
export function tooManyOpen(
  { keys, pieces, open, left = new Map() }: OpenOrderFacts,
  limits: OpenOrderLimits,
): TooManyOpenOrders | undefined {
  const countOf = ({ buyer_key, network }: CountedKey, variant_id: string | null) => {
    const counted = open.filter((count) => count.buyer_key === buyer_key)
    if (network !== null && !counted.some((count) => count.network === network)) return 0
    return counted.reduce((sum, each) => sum + (each.variant_id === variant_id ? each.count : 0), 0)
  }
  const refusal = (key: CountedKey, maximum: number, variant_id: string | null): TooManyOpenOrders => {
    const counted_by = countedBy.find((each) => key.buyer_key.startsWith(`${each}:`)) ?? 'account'
    const orders = { kind: 'refused', reason: 'too-many-open-orders', counted_by } as const
    if (counted_by !== 'account') return { ...orders, maximum: null, open: null }
    const counted = { maximum, open: countOf(key, variant_id) }
    if (variant_id === null) return { ...orders, ...counted }
    return { kind: 'refused', reason: 'too-many-unpaid-pieces', variant_id, ...counted }
  }
  const { maxOpenOrders, maxHeldPerVariant } = limits
  for (const key of keys) {
    if (maxOpenOrders > 0 && countOf(key, null) >= maxOpenOrders) {
      return refusal(key, maxOpenOrders, null)
    }
    if (maxHeldPerVariant === 0) continue
    for (const { variant_id, quantity, at_once } of sumByVariant(pieces)) {
      const maximum = Math.max(maxHeldPerVariant, at_once, halfOf(quantity, left.get(variant_id)))
      if (countOf(key, variant_id) + quantity > maximum) return refusal(key, maximum, variant_id)
    }
  }
  return undefined
}

/** Half of the pieces that were free before the order. */
function halfOf(quantity: number, left: number | null | undefined): number {
  if (left === undefined) return 0
  return left === null ? Infinity : Math.floor((left + quantity) / 2)
}

function sumByVariant(pieces: readonly Piece[]): readonly Required<Piece>[] {
  const sums = new Map<string, Required<Piece>>()
  for (const { variant_id, quantity, at_once = 0 } of pieces) {
    const id = variant_id.toLowerCase()
    const sum = sums.get(id) ?? { variant_id: id, quantity: 0, at_once: 0 }
    sums.set(id, { variant_id: id, quantity: sum.quantity + quantity, at_once: Math.max(sum.at_once, at_once) })
  }
  return [...sums.values()]
}
