import { randomInt } from 'node:crypto'
import { CartView } from '#cart/schema'
import { SavedAddressView } from '#identity/addresses/schema'
import { SessionView } from '#identity/sessions/schema'
import { Page } from '#platform/schema'
import { expectResponse } from '#platform/testing'
import type { Shop } from '../e2e/open-shop.ts'
import {
  firstOf,
  mergeTelegramAccount,
  orderBecomes,
  password,
  paymentsOf,
  placeOrder,
  press,
  registerCustomer,
  shipmentOf,
  toCourier,
  toPickup,
} from '../e2e/purchase-steps.ts'

/** The address that a customer saves. */
export const home = { country: 'Россия', city: 'Коломна', street: 'Посадская', house: '3' }

/** A customer who owns one thing of each kind. */
export type Belongings = Readonly<{
  /** The access token. */
  as: string
  email: string
  password: string
  user_id: string
  session_id: string
  /** A saved delivery address. */
  address_id: string
  refresh_token: string
  /** An account that Telegram opened was merged into this one. */
  merge_id: string
  /** An order with a completed payment and a shipment. */
  order_id: string
  payment_id: string
  shipment_id: string
  tracking_token: string
  /** An order that is not paid. */
  open_order_id: string
  open_payment_id: string
  /** The variant in the cart. */
  variant_id: string
}>

/** Registers a customer who then owns one thing of each kind. */
export async function customerWithEverything(shop: Shop, name: string): Promise<Belongings> {
  const { user, access_token: as, refresh_token } = await registerCustomer(shop, name)
  const { variant_id } = await firstOf(shop, 'teas')
  const place = async (terms: object) => {
    const { id } = await placeOrder(shop, as, { ...terms, items: [{ variant_id, quantity: 1 }] })
    await orderBecomes(shop, { id, as }, 'processing')
    return id
  }
  const order_id = await place(toCourier)
  await press(shop, order_id, 'approve')
  await orderBecomes(shop, { id: order_id, as }, 'shipping')
  const open_order_id = await place(toPickup)
  expectResponse(await shop.send(as, 'POST /cart/items', { body: { variant_id, quantity: 2 } }), 200, CartView)
  const shipment = await shipmentOf(shop, { id: order_id, as })
  const sessions = expectResponse(await shop.send(as, 'GET /auth/sessions'), 200, Page(SessionView)).items
  const saved = await shop.send(as, 'POST /auth/me/addresses', { body: home })
  const address_id = expectResponse(saved, 201, SavedAddressView).id
  const paymentOf = async (id: string) => idOf((await paymentsOf(shop, { id, as }))[0])
  const merge_id = await mergeTelegramAccount(shop, { as, telegram_id: randomInt(1, 2 ** 40) })
  return {
    as,
    merge_id,
    email: user.email ?? '',
    password,
    user_id: user.id,
    session_id: idOf(sessions[0]),
    address_id,
    refresh_token,
    order_id,
    payment_id: await paymentOf(order_id),
    shipment_id: shipment.id,
    tracking_token: shipment.tracking_token,
    open_order_id,
    open_payment_id: await paymentOf(open_order_id),
    variant_id,
  }
}

function idOf(found: { id: string } | undefined): string {
  if (!found) throw new Error('The customer has none of these')
  return found.id
}
