import { createHash } from 'node:crypto'
import type { CartApi } from '#cart'
import type { HoldItem } from '#catalog'
import type { DeliveryApi } from '#delivery/api'
import { isRefusal } from '#platform/outcome'
import { canonicalJson, newId, type Locale } from '#platform/values'
import type { Contact, PlaceOrderBody } from '../request-schema.ts'
import type { Terms } from '../schema.ts'
import type { DraftVersion } from '../store.ts'

/** The account that orders, or the contact of a guest. */
export type Buyer = Readonly<{ user_id: string }> | Readonly<{ contact: Contact | undefined }>

/** The request of a buyer. A repeat has the same request. */
type Request = Terms &
  Readonly<{
    buyer: Buyer
    /** Empty: the order takes the lines of the buyer's cart. */
    items: readonly HoldItem[]
    coupon?: string | undefined
    expected_total?: number | undefined
  }>

/** One attempt to place the order. A repeat may come from another address. */
type Attempt = Readonly<{
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
  /** Null when staff typed in the order. */
  client_address: string | null
  /** The draft that becomes the order. */
  draft?: DraftVersion
  /** The token of a guest’s cart, or of the cart that the customer filled before signing in. */
  cart_token?: string | undefined
}>

export type PlaceOrderInput = Readonly<{ request: Request; attempt: Attempt }>

export const requestOf = (buyer: Buyer, body: Omit<PlaceOrderBody, 'id' | 'contact'>): Request => ({
  buyer,
  items: body.items ?? [],
  payment_method: body.payment_method ?? 'online',
  delivery_method: body.delivery_method,
  pickup_point_id: body.pickup_point_id?.toLowerCase() ?? null,
  delivery_address: body.delivery_address ?? null,
  recipient_name: body.recipient_name ?? null,
  recipient_phone: body.recipient_phone ?? null,
  comment: body.comment ?? null,
  coupon: body.coupon,
  expected_total: body.expected_total,
})

export const hashOf = (request: Request): Buffer => createHash('sha256').update(canonicalJson(request)).digest()

/** The request of an order for pickup may leave out the only pickup point. */
export async function loadTerms(delivery: Pick<DeliveryApi, 'choosePickupPoint'>, request: Request) {
  if (request.delivery_method !== 'pickup') return request
  const outcome = await delivery.choosePickupPoint(request.pickup_point_id)
  return isRefusal(outcome) ? outcome : { ...request, pickup_point_id: outcome.pickup_point_id }
}

/**
 * The goods that the order takes. `user_id` is the account. For a guest it is the id of the cart, so that the items leave the
 * cart; without a cart it is a new id.
 */
export type Goods = Readonly<{
  user_id: string
  items: readonly HoldItem[]
  cart_version: string | null
  /** The coupon of the cart. */
  cart_coupon: string | null
}>

/** The items of the request, or the lines of the cart when the request has no items. */
export async function loadGoods(
  cart: Pick<CartApi, 'linesOf' | 'guestCartOf'>,
  { request, attempt }: PlaceOrderInput,
): Promise<Goods> {
  const { buyer, items } = request
  const user_id = 'user_id' in buyer ? buyer.user_id : newId()
  const without = { user_id, items, cart_version: null, cart_coupon: null }
  if (items.length > 0) return without
  if ('user_id' in buyer) {
    const { lines, version, coupon } = await cart.linesOf(user_id, attempt.cart_token)
    return { user_id, items: lines, cart_version: version, cart_coupon: coupon }
  }
  if (attempt.cart_token === undefined) return without
  const { id, lines, version, coupon } = await cart.guestCartOf(attempt.cart_token)
  return { user_id: id ?? user_id, items: lines, cart_version: version, cart_coupon: coupon }
}
