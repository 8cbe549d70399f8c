import { randomUUID } from 'node:crypto'
import { sign } from '@tma.js/init-data-node'
import type { Static } from 'typebox'
import { ProductList } from '#catalog/search/schema'
import { ShipmentView } from '#delivery/schema'
import { SignedInView, UserView } from '#identity/schema'
import { OrderView } from '#ordering/schema'
import { payLinksOf } from '#payments'
import { PaymentView } from '#payments/schema'
import { Page } from '#platform/schema'
import { eventually, expectResponse } from '#platform/testing'
import { guest, type Send } from './http-client.ts'
import { secrets, telegramToken } from './secrets.ts'

type Client = Readonly<{ send: Send }>
/** A shop whose mails a test reads. */
type ReadableShop = Client & Readonly<{ codeTo: (email: string, path: string) => Promise<string> }>

/** An order and the access token of its customer. */
export type OwnOrder = Readonly<{ id: string; as: string }>

export const password = 'oolong and peonies 7'
export const uniqueEmail = (name: string): string => `${name.toLowerCase()}-${randomUUID()}@example.org`

/** Registers a customer with an e-mail address of her own. */
export async function registerCustomer({ send }: Client, name = 'Anna'): Promise<Static<typeof SignedInView>> {
  const body = { email: uniqueEmail(name), password, name }
  return expectResponse(await send(guest, 'POST /auth/register', { body }), 201, SignedInView)
}

/** Proves the mailbox of a customer. */
export async function verifyMailbox({ send, codeTo }: ReadableShop, as: string): Promise<void> {
  const { email } = expectResponse(await send(as, 'GET /auth/me'), 200, UserView)
  const code = await codeTo(email ?? '', '/email/verify')
  expectResponse(await send(as, 'POST /auth/email/verify', { body: { code } }), 200)
}

const initDataOf = (id: number): string => sign({ user: { id, first_name: 'Anna' } }, telegramToken, new Date())

/** Signs in with Telegram; the first time a new account. */
export async function signInWithTelegram({ send }: Client, telegram_id: number) {
  const body = { init_data: initDataOf(telegram_id) }
  return expectResponse(await send(guest, 'POST /auth/telegram/mini-app', { body }), 200, SignedInView)
}

/** Merges the account of a Telegram user into the older one of a customer, and returns the id of the merge. */
export async function mergeTelegramAccount(
  shop: ReadableShop,
  { as, telegram_id }: Readonly<{ as: string; telegram_id: number }>,
): Promise<string> {
  const { send } = shop
  await verifyMailbox(shop, as)
  await signInWithTelegram({ send }, telegram_id)
  const link = { init_data: initDataOf(telegram_id), password }
  const linked = expectResponse(await send(as, 'POST /auth/link/telegram', { body: link }), 200)
  const { merge } = linked as { merge: { merge_token: string } }
  const merged = expectResponse(await send(as, 'POST /auth/merge', { body: { merge_token: merge.merge_token } }), 200)
  return (merged as { merge_id: string }).merge_id
}

/** The products of a type that are in stock: `goodsOf(shop, 'teas')`. */
export async function goodsOf({ send }: Client, plural: string) {
  const path = `/catalog/${plural}?in_stock=true&page_size=50` as const
  return expectResponse(await send(guest, `GET ${path}`), 200, ProductList).items
}

/** The first product of a type that is in stock. */
export async function firstOf(client: Client, plural: string) {
  const [product] = await goodsOf(client, plural)
  if (!product) throw new Error(`No ${plural} are in stock`)
  return product
}

export const toCourier = { delivery_method: 'courier', delivery_address: 'Коломна, Посадская 3' } as const
/** The pickup point of the demo shop. */
export const toPickup = {
  delivery_method: 'pickup',
  pickup_point_id: '0192f3c4-0000-7000-a000-000000000001',
} as const

export const placeOrder = async ({ send }: Client, as: string, body: object) =>
  expectResponse(await send(as, 'POST /orders', { body }), 201, OrderView)

export const showOrder = async ({ send }: Client, { id, as }: OwnOrder) =>
  expectResponse(await send(as, `GET /orders/${id}`), 200, OrderView)

/** The payments of an order, the newest first. */
export const paymentsOf = async ({ send }: Client, { id, as }: OwnOrder) =>
  expectResponse(await send(as, `GET /payments/order/${id}`), 200, Page(PaymentView)).items

export const shipmentOf = async ({ send }: Client, { id, as }: OwnOrder) =>
  expectResponse(await send(as, `GET /delivery/order/${id}`), 200, ShipmentView)

/** Waits until the order has one of the statuses, and returns it; fails with its timeline. */
export const orderBecomes = async (
  client: Client,
  order: OwnOrder,
  statuses: string | readonly string[],
  within = 10_000,
) =>
  await eventually(
    async () => {
      const found = await showOrder(client, order)
      if (![statuses].flat().includes(found.status)) {
        throw new Error(
          `The order is ${found.status}, not ${[statuses].flat().join(' or ')}: ${JSON.stringify(found.timeline)}`,
        )
      }
      return found
    },
    { within },
  )

/** The links to payment pages in every shop that a test starts. */
export const payLinks = payLinksOf(secrets.PAY_LINK_SECRET)

/** Presses a button on the payment page, and returns the status of the response. */
export async function press(
  { address }: Readonly<{ address: string }>,
  order_id: string,
  button: 'approve' | 'decline' | 'wait' | 'again',
): Promise<number> {
  const response = await fetch(`${address}${payLinks.pathOf(order_id, button)}`, {
    method: 'POST',
    headers: { origin: address, 'content-type': 'application/x-www-form-urlencoded' },
    redirect: 'manual',
  })
  return response.status
}
