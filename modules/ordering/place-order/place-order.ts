import { createHash, randomInt } from 'node:crypto'
import type { Kysely, Transaction } from 'kysely'
import type { CartApi } from '#cart'
import type { CatalogApi, HoldInput, HoldItem, HoldOutcome } from '#catalog'
import type { ChoosePickupPointOutcome, DeliveryApi, FeeOutcome } from '#delivery/api'
import { concurrently, sharedTransactions, type ShareTransaction } from '#platform/db'
import { publish } from '#platform/events'
import { isRefusal, type Refused, type StoreResponse } from '#platform/outcome'
import { issueCommand } from '#platform/saga'
import { after, canonicalJson, newId, type Clock, type Locale } from '#platform/values'
import type { PromotionsApi, RedeemOutcome } from '#promotions/api'
import { holdTimeOf, type Checkout, type CheckoutState } from '../checkout.ts'
import { crashPoint } from '../crash-points.ts'
import {
  accountKeyOf,
  buyerKeysOf,
  piecesOf,
  tooManyOpen,
  type OpenOrderLimits,
  type TooManyOpenOrders,
} from '../open-orders.ts'
import { placedEvents } from '../order-events.ts'
import { place, refusalOf, type CreatedOrder, type UnnumberedOrder } from '../order.ts'
import type { Contact } from '../request-schema.ts'
import type { Terms } from '../schema.ts'
import { findEarlierOrder, type EarlierOrder, type OrderingTables } from '../store.ts'
import { countOpen, insertOrder } from './insert-order.ts'
import { orderNumber } from './order-number.ts'
import { priceOrder, withdrawPrice } from './price-order.ts'

/** The account that orders, or the contact of a guest. */
type Buyer = Readonly<{ user_id: string }> | Readonly<{ contact: Contact | undefined }>

/** The request of a buyer. A repeat has the same request. */
type Request = Terms &
  Readonly<{
    buyer: Buyer
    /** Empty: the order takes the lines of the buyer's cart. */
    items: readonly HoldItem[]
    coupon?: string | undefined
    expected_total?: number | undefined
  }>

/** The facts of one attempt to send the request. A repeat may come from another address. */
type Sending = Readonly<{
  /** Chosen by the client, which may then repeat the request safely; undefined: the order gets `operation_id`. */
  id?: string | undefined
  /** A retry with the same Idempotency-Key has the same value. */
  operation_id: string
  /** The e-mail of the account. */
  email?: string | undefined
  /** The account has proven its mailbox or its Telegram account. */
  is_verified: boolean
  /** The language of the e-mail to a guest. */
  locale: Locale
  client_address: string
  /** The token of a guest’s cart, or of the cart that the customer filled before signing in. */
  cart_token?: string | undefined
}>

export type PlaceOrderInput = Readonly<{ request: Request; sending: Sending }>

type HoldRefused = Extract<HoldOutcome, { kind: 'refused' }>
type Placed = Readonly<{ kind: 'placed'; order: CreatedOrder }>

export type PlaceOrderOutcome =
  | Placed
  | EarlierOrder
  | HoldRefused
  | Exclude<RedeemOutcome, { kind: 'redeemed' }>
  | Exclude<FeeOutcome, { kind: 'quoted' }>
  | TooManyOpenOrders
  | Exclude<ChoosePickupPointOutcome, { kind: 'chosen' }>
  | Refused<'cart-empty' | 'contact-missing' | 'address-missing' | 'method-unavailable' | 'pickup-point-not-used'>

export type PlaceOrder = (
  input: PlaceOrderInput,
  storeResponse: StoreResponse<CreatedOrder>,
) => Promise<PlaceOrderOutcome>

type Catalog = Pick<CatalogApi, 'hold' | 'withdrawHold' | 'expireHold'>

type Needs = Readonly<{
  db: Kysely<OrderingTables>
  cart: Pick<CartApi, 'linesOf' | 'guestCartOf'>
  catalog: Catalog
  promotions: Pick<PromotionsApi, 'redeem' | 'withdraw'>
  delivery: Pick<DeliveryApi, 'choosePickupPoint' | 'feeOf'>
  checkout: Checkout
  rules: Readonly<{ limits: OpenOrderLimits; cashOnDelivery: boolean }>
  now: Clock
  sendLink: (
    tx: Transaction<OrderingTables>,
    order: CreatedOrder,
    request: Pick<Sending, 'locale' | 'client_address'>,
  ) => Promise<void>
}>

/** Places an order on held stock. A repeat with the same id and the same input finds its order and changes nothing. */
export const placeOrder = (needs: Needs): PlaceOrder => {
  const shareTransaction = sharedTransactions(needs.db)
  return async (input, storeResponse) => {
    const { request, sending } = input
    const refusal = contactRefusal(request.buyer) ?? refusalOf(request, needs.rules)
    if (refusal) return refusal
    const input_hash = hashOf(request)
    const { id } = sending
    const findEarlier = (key: Parameters<typeof findEarlierOrder>[1]) => findEarlierOrder(needs.db, key, input_hash)
    const earlier = await findEarlier({ id })
    if (earlier) return earlier

    const terms = await termsOf(needs, request)
    if (isRefusal(terms)) return terms
    const taken = await takenBy(needs, input)
    const saving = { terms, input_hash, storeResponse, taken }
    const outcome = await holdAndSave({ ...needs, shareTransaction }, input, saving)
    if (outcome.kind === 'refused') {
      // Another attempt of the same request may have placed the order meanwhile, and taken the goods and the lines of the
      // cart. A cart without lines keeps its version: it does not show which order the buyer wants now.
      const cart_version = taken.items.length > 0 ? taken.cart_version : null
      return (await findEarlier({ id, cart_version })) ?? outcome
    }
    crashPoint('after-order.before-answer')
    return outcome
  }
}

/** The shop reaches a guest by the contact of the order only. */
const contactRefusal = (buyer: Buyer): Refused<'contact-missing'> | undefined =>
  'contact' in buyer && buyer.contact === undefined ? { kind: 'refused', reason: 'contact-missing' } : undefined

const hashOf = (request: Request): Buffer => createHash('sha256').update(canonicalJson(request)).digest()

/** The request of an order for pickup may leave out the only pickup point. */
async function termsOf({ delivery }: Pick<Needs, 'delivery'>, request: Request) {
  if (request.delivery_method !== 'pickup') return request
  const outcome = await delivery.choosePickupPoint(request.pickup_point_id)
  return isRefusal(outcome) ? outcome : { ...request, pickup_point_id: outcome.pickup_point_id }
}

/**
 * The goods that the order takes. `user_id` is the account. For a guest it is the id of the cart, so that the items leave the
 * cart; without a cart it is a new id.
 */
type Taken = Readonly<{
  user_id: string
  items: readonly HoldItem[]
  cart_version: string | null
  /** The coupon of the cart. */
  coupon: string | null
}>

/** Takes the items of the request, or the lines of the cart when the request has no items. */
async function takenBy({ cart }: Pick<Needs, 'cart'>, { request, sending }: PlaceOrderInput): Promise<Taken> {
  const { buyer, items } = request
  const user_id = 'user_id' in buyer ? buyer.user_id : newId()
  const without = { user_id, items, cart_version: null, coupon: null }
  if (items.length > 0) return without
  if ('user_id' in buyer) {
    const { lines, version, coupon } = await cart.linesOf(user_id, sending.cart_token)
    return { user_id, items: lines, cart_version: version, coupon }
  }
  if (sending.cart_token === undefined) return without
  const { id, lines, version, coupon } = await cart.guestCartOf(sending.cart_token)
  return { user_id: id ?? user_id, items: lines, cart_version: version, coupon }
}

/** The columns that say whose order it is. */
const ownerOf = ({ buyer }: Request, user_id: string) => ({
  user_id,
  contact_email: ('contact' in buyer && buyer.contact?.email) || null,
  contact_phone: ('contact' in buyer && buyer.contact?.phone) || null,
  link_version: 'contact' in buyer ? 1 : null,
})

type SharingNeeds = Needs & Readonly<{ shareTransaction: ShareTransaction<OrderingTables> }>
type Saving = Readonly<{
  terms: Terms
  input_hash: Buffer
  storeResponse: StoreResponse<CreatedOrder>
  taken: Taken
}>

/**
 * Counts the open orders of the buyer twice: before the hold by the account, to refuse early; and in the transaction by
 * all keys, under a lock. A count by contacts before the hold would show the orders of others for free.
 */
async function holdAndSave(needs: SharingNeeds, input: PlaceOrderInput, saving: Saving): Promise<PlaceOrderOutcome> {
  const { db, catalog, checkout, now, shareTransaction } = needs
  const { request, sending } = input
  const { limits } = needs.rules
  const { user_id, items, cart_version } = saving.taken
  if (items.length === 0) return { kind: 'refused', reason: 'cart-empty' }
  const hasLimits = limits.maxOpenOrders > 0 || limits.maxHeldPerVariant > 0
  const placed_at = now()
  const own = { keys: [accountKeyOf(user_id)], items, now: placed_at }
  const tooMany = hasLimits && tooManyOpen(await countBefore(db, own), limits)
  if (tooMany) return tooMany

  const expires_at = after(placed_at, holdTimeOf(checkout))
  const { id, held } = await holdFor(catalog, sending, { items, expires_at })
  if (held.kind === 'refused') return held
  const sender = { client_address: sending.client_address, email: sending.email, guesser: user_id }
  const { coupon, expected_total, buyer } = request
  const goods = { order_id: id, held, terms: saving.terms, cart_coupon: saving.taken.coupon }
  const priced = await priceOrder(needs, { ...goods, buyer, coupon, expected_total, ...sender })
  if (priced.kind === 'refused') {
    await catalog.withdrawHold(id)
    return priced
  }
  crashPoint('after-hold.before-order')

  const owner = ownerOf(request, user_id)
  const buyer_keys = hasLimits ? buyerKeysOf({ ...request, ...sending, ...contactsOf(owner, input) }, placed_at) : []
  const keys = buyer_keys.map(({ buyer_key }) => buyer_key)
  const order = place({ id, ...owner }, { terms: saving.terms, held, quote: priced.quote, now: placed_at })
  // The orders of one buyer count each other, and those of one cart exclude each other.
  const decidedOn = [id, ...keys, ...(cart_version === null ? [] : [cart_version])]
  const outcome = await shareTransaction(decidedOn, async (tx) => {
    const drawNumber = () => orderNumber(placed_at, randomInt)
    const inserted = await insertOrder(tx, order, {
      input_hash: saving.input_hash,
      held: held.lines,
      buyer_keys,
      cart_version,
      drawNumber,
    })
    if (isRefusal(inserted)) return inserted
    const excess = tooManyOpen({ keys, pieces: piecesOf(held.lines), open: inserted.open }, limits)
    if (excess) return excess
    await startCheckout(tx, inserted, { checkout, from_cart: request.items.length === 0 })
    await needs.sendLink(tx, inserted.order, sending)
    await saving.storeResponse(tx, inserted.order)
    return { kind: 'placed', order: inserted.order } as const
  })
  // After a crash here jobs free the goods and return the uses of promotions.
  if (outcome.kind === 'refused' && outcome.reason !== 'id-taken') {
    await Promise.all([catalog.withdrawHold(id), withdrawPrice(needs, id, priced.quote)])
  }
  return outcome
}

/**
 * Holds the goods under the id of the order. An attempt that died may have held other goods, when the cart has changed
 * since, or its hold has expired. The order then gets a new id, unless the client chose the id.
 */
async function holdFor(catalog: Catalog, { id, operation_id }: Sending, input: Omit<HoldInput, 'order_id'>) {
  const first = id ?? operation_id
  const held = await catalog.hold({ ...input, order_id: first })
  const isUsed = held.kind === 'refused' && (held.reason === 'order-closed' || held.reason === 'id-taken')
  if (!isUsed || id !== undefined) return { id: first, held }
  await catalog.expireHold(first)
  const other = newId()
  return { id: other, held: await catalog.hold({ ...input, order_id: other }) }
}

/** The contacts by which an order counts. */
const contactsOf = (owner: ReturnType<typeof ownerOf>, { request, sending }: PlaceOrderInput) => ({
  user_id: owner.user_id,
  email: owner.contact_email ?? sending.email,
  is_verified: sending.is_verified,
  recipient_phone: request.recipient_phone ?? owner.contact_phone,
})

type CountInput = Readonly<{ keys: readonly string[]; items: readonly HoldItem[]; now: Date }>

/** The variant of a `flower_id` is not known yet; the transaction counts it. */
async function countBefore(db: Kysely<OrderingTables>, { keys, items, now }: CountInput) {
  const pieces = items.filter((item) => 'variant_id' in item)
  const variants = pieces.map(({ variant_id }) => variant_id)
  return { keys, pieces, open: await countOpen(db, { buyer_keys: keys, variants, now }) }
}

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
