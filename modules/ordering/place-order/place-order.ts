import { randomInt } from 'node:crypto'
import type { Transaction } from 'kysely'
import type { CartApi } from '#cart'
import type { CatalogApi, HeldLine } from '#catalog'
import type { ChoosePickupPointOutcome, DeliveryApi } from '#delivery/api'
import { concurrently, sharedTransactions, type ShareTransaction } from '#platform/db'
import { publish } from '#platform/events'
import { isRefusal, notFound, type NotFound, type Refused, type StoreResponse } from '#platform/outcome'
import { issueCommand } from '#platform/saga'
import { after, type Clock, type Locale } from '#platform/values'
import type { PromotionsApi } from '#promotions/api'
import { holdTimeOf, type Checkout, type CheckoutState } from '../checkout.ts'
import { crashPoint } from '../crash-points.ts'
import { completed, type DraftIncomplete } from '../draft.ts'
import {
  accountKeyOf,
  buyerKeysOf,
  largeOf,
  piecesOf,
  tooManyOpen,
  type CountedKey,
  type LeftOver,
  type OpenOrderLimits,
  type TooManyOpenOrders,
} from '../open-orders.ts'
import { placedEvents } from '../order-events.ts'
import { orderNumber } from '../order-number.ts'
import { place, refusalOf, type CreatedOrder, type UnnumberedOrder } from '../order.ts'
import type { Terms } from '../schema.ts'
import {
  findDraft,
  findEarlierOrder,
  takeDraft,
  type EarlierOrder,
  type OrderingDb,
  type OrderingTables,
} from '../store.ts'
import { countOpen, insertOrder } from './insert-order.ts'
import {
  hashOf,
  loadGoods,
  loadTerms,
  requestOf,
  type Buyer,
  type Goods,
  type PlaceOrderInput,
} from './load-request.ts'
import { releaseGoods, reserveGoods, type ReserveOutcome } from './reserve-goods.ts'

type Placed = Readonly<{ kind: 'placed'; order: CreatedOrder }>

export type PlaceOrderOutcome =
  | Placed
  | EarlierOrder
  | Exclude<ReserveOutcome, { kind: 'reserved' }>
  | TooManyOpenOrders
  | Exclude<ChoosePickupPointOutcome, { kind: 'chosen' }>
  | Refused<'cart-empty' | 'contact-missing' | 'address-missing' | 'method-unavailable' | 'pickup-point-not-used'>

export type PlaceOrder = (
  input: PlaceOrderInput,
  storeResponse: StoreResponse<CreatedOrder>,
) => Promise<PlaceOrderOutcome>

type Needs = Readonly<{
  db: OrderingDb
  cart: Pick<CartApi, 'linesOf' | 'guestCartOf'>
  catalog: Pick<CatalogApi, 'hold' | 'withdrawHold' | 'expireHold' | 'offersOf'>
  promotions: Pick<PromotionsApi, 'redeem' | 'withdraw' | 'factsOf' | 'quote'>
  delivery: Pick<DeliveryApi, 'choosePickupPoint' | 'feeOf'>
  checkout: Checkout
  rules: Readonly<{ limits: OpenOrderLimits; cashOnDelivery: boolean }>
  now: Clock
  sendLink: (
    tx: Transaction<OrderingTables>,
    order: CreatedOrder,
    request: Pick<PlaceOrderInput['attempt'], 'locale' | 'client_address'>,
  ) => Promise<void>
}>

/** Places an order on held stock. A repeat with the same id and the same input finds its order and changes nothing. */
export const placeOrder = (needs: Needs): PlaceOrder => {
  const shareTransaction = sharedTransactions(needs.db)
  return async (input, storeResponse) => {
    const { request, attempt } = input
    const refusal = contactRefusal(request.buyer) ?? refusalOf(request, needs.rules)
    if (refusal) return refusal
    const input_hash = hashOf(request)
    const { id } = attempt
    const first = { input_hash, link_version: firstLinkOf(request.buyer) }
    const findEarlier = (key: Parameters<typeof findEarlierOrder>[1]) => findEarlierOrder(needs.db, key, first)
    const earlier = await findEarlier({ id })
    if (earlier) return earlier

    const terms = await loadTerms(needs.delivery, request)
    if (isRefusal(terms)) return terms
    const goods = await loadGoods(needs.cart, input)
    const outcome = await orderGoods({ ...needs, shareTransaction, storeResponse }, input, { goods, terms, input_hash })
    if (outcome.kind === 'refused') {
      // Another attempt of the same request may have placed the order meanwhile, and taken the goods and the lines of the
      // cart. A cart without lines keeps its version: it does not show which order the buyer wants now.
      const cart_version = goods.items.length > 0 ? goods.cart_version : null
      return (await findEarlier({ id, cart_version })) ?? outcome
    }
    crashPoint('after-order.before-answer')
    return outcome
  }
}

type PlaceDraftInput = Readonly<{
  draft_id: string
  /** The version that staff have read. */
  version: string
  expected_total?: number | undefined
  /** A retry with the same Idempotency-Key has the same value. */
  operation_id: string
  locale: Locale
}>

export type PlaceDraftOutcome = PlaceOrderOutcome | NotFound | DraftIncomplete | Refused<'draft-changed'>
export type PlaceDraft = (
  input: PlaceDraftInput,
  storeResponse: StoreResponse<CreatedOrder>,
) => Promise<PlaceDraftOutcome>

/** Places the order that staff typed in, as that of a guest. The order and the draft that it takes share a transaction. */
export const placeDraft =
  ({ db, placeOrder }: Readonly<{ db: Needs['db']; placeOrder: PlaceOrder }>): PlaceDraft =>
  async ({ draft_id, version, expected_total, ...attempted }, storeResponse) => {
    const draft = await findDraft(db, draft_id)
    if (!draft) return notFound('draft')
    const changed = { kind: 'refused', reason: 'draft-changed' } as const
    if (draft.order_id !== null) return { kind: 'repeated', order_id: draft.order_id }
    if (draft.version !== version.toLowerCase()) return changed
    const complete = completed(draft.content)
    if (complete.kind === 'refused') return complete
    const { contact, ...content } = complete.content
    const request = { ...requestOf({ contact }, content), expected_total }
    const attempt = { ...attempted, draft, is_verified: false, client_address: null }
    const outcome = await placeOrder({ request, attempt }, storeResponse)
    if (outcome.kind !== 'refused') return outcome
    // Another attempt may have placed the draft meanwhile, or staff may have changed it.
    const later = await findDraft(db, draft_id)
    if (!later) return notFound('draft')
    if (later.order_id !== null) return { kind: 'repeated', order_id: later.order_id }
    return later.version === draft.version ? outcome : changed
  }

/** The shop reaches a guest by the contact of the order only. */
const contactRefusal = (buyer: Buyer): Refused<'contact-missing'> | undefined =>
  'contact' in buyer && buyer.contact === undefined ? { kind: 'refused', reason: 'contact-missing' } : undefined

type SavingNeeds = Needs &
  Readonly<{ shareTransaction: ShareTransaction<OrderingTables>; storeResponse: StoreResponse<CreatedOrder> }>

type Loaded = Readonly<{ goods: Goods; terms: Terms; input_hash: Buffer }>

/**
 * Reserves the goods, decides, saves and publishes. Counts the open orders of the buyer twice: before the hold by the
 * account, to refuse early; and in the transaction by all keys, under a lock. A count by contacts before the hold would show
 * the orders of others for free.
 */
async function orderGoods(
  needs: SavingNeeds,
  input: PlaceOrderInput,
  { goods, terms, input_hash }: Loaded,
): Promise<PlaceOrderOutcome> {
  const { user_id, items, cart_version } = goods
  if (items.length === 0) return { kind: 'refused', reason: 'cart-empty' }
  const placed_at = needs.now()
  const keys = [{ buyer_key: accountKeyOf(user_id), network: null }]
  const tooMany = await countBefore(needs, { keys, pieces: [], now: placed_at })
  if (tooMany) return tooMany
  const owner = ownerOf(input.request.buyer, user_id)
  const buyer_keys = hasLimits(needs.rules) ? buyerKeysOf(buyerOf(input, owner), placed_at) : []
  const excessOf = async (lines: readonly HeldLine[]) => {
    const left = await loadLeftOver(needs, lines)
    return await countBefore(needs, { keys: buyer_keys, pieces: piecesOf(lines), left, now: placed_at })
  }
  const expires_at = after(placed_at, holdTimeOf(needs.checkout))
  const reserved = await reserveGoods({ ...needs, excessOf }, input, { goods, terms, expires_at })
  if (reserved.kind === 'refused') return reserved
  crashPoint('after-hold.before-order')

  const { order_id, held, quote } = reserved
  const order = place({ id: order_id, ...owner }, { terms, held, quote, now: placed_at })
  // The orders of one buyer count each other, and those of one cart exclude each other.
  const names = buyer_keys.map(({ buyer_key }) => buyer_key)
  const { draft } = input.attempt
  const decidedOn = [order_id, ...names, ...(cart_version === null ? [] : [cart_version]), ...(draft ? [draft.id] : [])]
  const left = await loadLeftOver(needs, held.lines)
  const outcome = await needs.shareTransaction(decidedOn, async (tx) => {
    const drawNumber = () => orderNumber(placed_at, randomInt)
    const rows = { input_hash, held: held.lines, buyer_keys, cart_version, drawNumber }
    const inserted = await insertOrder(tx, order, rows)
    if (isRefusal(inserted)) return inserted
    // `placeDraft` reads the draft again, and says in place of this reason what has become of it.
    if (draft && !(await takeDraft(tx, draft, order_id))) return { kind: 'refused', reason: 'cart-empty' } as const
    const facts = { keys: buyer_keys, pieces: piecesOf(held.lines), open: inserted.open, left }
    const excess = tooManyOpen(facts, needs.rules.limits)
    if (excess) return excess
    await startCheckout(tx, inserted, { checkout: needs.checkout, from_cart: input.request.items.length === 0 })
    await needs.sendLink(tx, inserted.order, input.attempt)
    await needs.storeResponse(tx, inserted.order)
    return { kind: 'placed', order: inserted.order } as const
  })
  if (outcome.kind === 'refused' && outcome.reason !== 'id-taken') await releaseGoods(needs, reserved)
  return outcome
}

const hasLimits = ({ limits }: Needs['rules']): boolean => limits.maxOpenOrders > 0 || limits.maxHeldPerVariant > 0

type Count = Readonly<{
  keys: readonly CountedKey[]
  pieces: ReturnType<typeof piecesOf>
  left?: LeftOver
  now: Date
}>

/** Refuses by the open orders under `keys`, without a lock. */
async function countBefore(
  { db, rules }: Pick<Needs, 'db' | 'rules'>,
  { now, ...counted }: Count,
): Promise<TooManyOpenOrders | undefined> {
  if (!hasLimits(rules)) return undefined
  const variants = counted.pieces.map(({ variant_id }) => variant_id)
  const open = await countOpen(db, { buyer_keys: counted.keys.map(({ buyer_key }) => buyer_key), variants, now })
  return tooManyOpen({ ...counted, open }, rules.limits)
}

/** Asks the catalog for the stock beside the held lines, only when they have more pieces than the limit. */
async function loadLeftOver({ catalog, rules }: Needs, lines: readonly HeldLine[]): Promise<LeftOver> {
  const large = largeOf(piecesOf(lines), rules.limits)
  const offers = large.length === 0 ? [] : await catalog.offersOf(large)
  return new Map(offers.map(({ variant_id, available }) => [variant_id, available]))
}

/** The columns that say whose order it is. */
const ownerOf = (buyer: Buyer, user_id: string) => ({
  user_id,
  contact_email: ('contact' in buyer && buyer.contact?.email) || null,
  contact_phone: ('contact' in buyer && buyer.contact?.phone) || null,
  link_version: firstLinkOf(buyer),
})

const firstLinkOf = (buyer: Buyer): number | null => ('contact' in buyer ? 1 : null)

/** The buyer as the limits of open orders know one: by account, contacts and address. */
const buyerOf = ({ request, attempt }: PlaceOrderInput, owner: ReturnType<typeof ownerOf>) => ({
  ...request,
  ...attempt,
  user_id: owner.user_id,
  email: owner.contact_email ?? attempt.email,
  recipient_phone: request.recipient_phone ?? owner.contact_phone,
})

type Start = Readonly<{ checkout: Checkout; from_cart: boolean }>

type Inserted = Readonly<{ order: CreatedOrder; owner_id: string }>

async function startCheckout(
  tx: Transaction<OrderingTables>,
  { order, owner_id }: Inserted,
  { checkout, from_cart }: Start,
) {
  const command = issueCommand('request-payment' as const)
  const events = placedEvents(order, { from_cart, request_id: command.event_id, owner_id })
  await concurrently(tx, [
    (tx) => checkout.start(tx, order.id, { state: firstStateOf(order), commands: [command] }),
    (tx) => publish(tx, events),
  ])
}

const firstStateOf = ({ payment_method }: Pick<UnnumberedOrder, 'payment_method'>): CheckoutState =>
  payment_method === 'online' ? 'starting-payment' : 'accepting-cash'
