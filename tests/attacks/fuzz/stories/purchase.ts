import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { CartView } from '#cart/schema'
import { ShipmentView } from '#delivery/schema'
import { DraftView } from '../../../../modules/ordering/request-schema.ts'
import { staff } from '../../../e2e/open-shop.ts'
import { firstOf, goodsOf, orderBecomes, press, toCourier, toPickup } from '../../../e2e/purchase-steps.ts'
import { api, idOf, read, type Story } from './story.ts'

const orders = `${api}/orders`
const items = `${api}/cart/items`
const admin = `${api}/admin`
const returns = `${admin}/order-returns`

type Returned = Readonly<{ id: string; as: string; variant_id: string }>

/** A guest fills a cart, merges it into the cart of her account, and changes it. */
export const cart: Story = async ({ step, shop }) => {
  const [tea, other] = await goodsOf(shop, 'teas')
  if (!tea || !other) throw new Error('Two teas must be in stock')
  const { variant_id } = tea
  const one = { path: { variant_id } }
  const filled = await step('guest', `POST ${items}`, { body: { variant_id, quantity: 1 } })
  const cart_token = read(CartView, filled).cart_token ?? ''
  const headers = { 'x-cart-token': cart_token }
  await step('guest', `PATCH ${items}/{variant_id}`, { ...one, headers, body: { quantity: 99 } })
  await step('guest', `GET ${api}/cart`, { headers })
  const as = await shop.customer('Zoya')
  await step('customer', `POST ${api}/cart/merge`, { as, body: { cart_token } })
  await step('customer', `GET ${api}/cart`, { as })
  await step('customer', `PATCH ${items}/{variant_id}`, { as, ...one, body: { quantity: 1 } })
  await step('customer', `DELETE ${items}/{variant_id}`, { as, ...one })
  await step('customer', `PATCH ${items}/{variant_id}`, { as, ...one, body: { quantity: 1 }, refused: 404 })
  await step('customer', `POST ${items}`, { as, body: { variant_id: other.variant_id, quantity: 2 } })
  await step('customer', `POST ${items}`, { as, body: { variant_id: randomUUID(), quantity: 1 }, refused: 409 })
  await step('customer', `DELETE ${api}/cart`, { as })
  await step('customer', `POST ${orders}`, { as, body: toPickup, refused: 409 })
}

/** An order is paid on the payment page, refunded in part, followed, and delivered by a courier of the shop. */
export const purchase: Story = async (story) => {
  const { step, shop } = story
  const as = await shop.customer('Zoya')
  const input = await inputOf(shop)
  const id = idOf(await step('customer', `POST ${orders}`, { as, body: input }))
  const one = { as, path: { id } }
  await orderBecomes(shop, { id, as }, 'processing')
  await step('customer', `GET ${orders}/{id}`, one)
  await step('customer', `GET ${orders}/{id}/events`, one)
  await step('customer', `POST ${orders}/{id}/events/token`, one)
  await step('customer', `GET ${orders}`, { as })
  const process = { order_id: id, method: 'online' }
  const payment_id = idOf(await step('customer', `POST ${api}/payments/process`, { as, body: process }))
  await step('customer', `GET ${api}/payments/{id}`, { as, path: { id: payment_id } })
  await step('customer', `GET ${api}/payments/order/{order_id}`, { as, path: { order_id: id } })
  await press(shop, id, 'approve')
  await orderBecomes(shop, { id, as }, 'shipping')
  const refund = { as: staff, path: { id: payment_id } }
  const tooMuch = { amount: Number.MAX_SAFE_INTEGER, reason: 'more than was paid' }
  await step('staff', `POST ${admin}/payments/{id}/refund`, { ...refund, body: tooMuch, refused: 409 })
  await step('staff', `POST ${admin}/payments/{id}/refund`, { ...refund, body: { amount: 1, reason: 'a torn bag' } })
  await step('staff', `GET ${admin}/payments/{id}`, refund)
  const unsettled = {
    ...refund,
    path: { id: randomUUID() },
    body: { resolution: 'The buyer sent it back' },
    refused: 404,
  }
  await step('staff', `POST ${admin}/payments/refunds/{id}/resolve`, unsettled)
  await deliverShipment(id)
  await orderBecomes(shop, { id, as }, 'fulfilled')
  await step('customer', `POST ${orders}/{id}/cancel`, { ...one, refused: 409 })
  await returnGoodsOf(story, { id, as, variant_id: input.items[0]?.variant_id ?? '' })

  async function deliverShipment(order_id: string) {
    const shown = await step('customer', `GET ${api}/delivery/order/{order_id}`, { as, path: { order_id } })
    const { id: shipment_id, tracking_token } = read(ShipmentView, shown)
    const again = { order_id, method: 'courier', delivery_address: 'Another street 7' }
    await step('staff', `POST ${api}/delivery/create`, { as: staff, body: again, refused: 409 })
    const repeated = await step('staff', `POST ${api}/delivery/create`, { as: staff, body: { order_id } })
    if (idOf(repeated) !== shipment_id) throw new Error('The order has two shipments')
    await step('customer', `GET ${api}/delivery/{id}`, { as, path: { id: shipment_id } })
    await step('guest', `GET ${api}/delivery/track/{token}`, { path: { token: tracking_token } })
    await step('guest', `GET ${api}/delivery/track/{token}/events`, { path: { token: tracking_token } })
    const one = { as: staff, path: { id: shipment_id } }
    await step('staff', `GET ${admin}/shipments`, { as: staff })
    await step('staff', `GET ${admin}/shipments/{id}`, one)
    await step('staff', `POST ${admin}/shipments/{id}/status`, {
      ...one,
      body: { status: 'cancelled' },
      refused: 409,
    })
    await step('staff', `POST ${admin}/shipments/{id}/status`, { ...one, body: { status: 'out_for_delivery' } })
    await step('staff', `DELETE ${admin}/shipments/{id}/code-lock`, one)
    await step('staff', `POST ${api}/delivery/{id}/deliver`, one)
  }
}

/** A customer sends back what she bought: staff refuse the first request, and receive and refund the second. */
async function returnGoodsOf({ step }: Parameters<Story>[0], { id, as, variant_id }: Returned) {
  const one = { as, path: { id } }
  const body = { items: [{ variant_id, quantity: 1 }], reason: 'It smells of smoke' }
  const refused = idOf(await step('customer', `POST ${orders}/{id}/returns`, { ...one, body }))
  await step('customer', `POST ${orders}/{id}/returns`, { ...one, body, refused: 409 })
  const answer = 'The box was opened'
  await step('staff', `POST ${returns}/{id}/refuse`, { as: staff, path: { id: refused }, body: { answer } })
  const returned = idOf(await step('customer', `POST ${orders}/{id}/returns`, { ...one, body }))
  const forStaff = { as: staff, path: { id: returned } }
  const received = { items: [{ variant_id, sellable: 1 }] }
  await step('staff', `POST ${returns}/{id}/receive`, { ...forStaff, body: received, refused: 409 })
  await step('staff', `POST ${returns}/{id}/approve`, { ...forStaff, body: {} })
  await step('staff', `POST ${returns}/{id}/receive`, { ...forStaff, body: received })
  await step('staff', `POST ${returns}/{id}/refund`, { ...forStaff, body: { amount: 1 } })
  await step('staff', `GET ${returns}/{id}`, forStaff)
  await step('staff', `GET ${returns}`, { as: staff })
  await step('customer', `GET ${orders}/{id}/returns`, one)
}

/** A customer cancels an order whose id she chose. Staff change the status of another order by hand. */
export const orderLife: Story = async ({ step, shop }) => {
  const as = await shop.customer('Zoya')
  const input = await inputOf(shop)
  const one = { as, path: { id: randomUUID() } }
  await step('customer', `PUT ${orders}/{id}`, { ...one, body: input })
  await step('customer', `PUT ${orders}/{id}`, { ...one, body: { ...input, comment: 'another comment' }, refused: 409 })
  await orderBecomes(shop, { id: one.path.id, as }, 'processing')
  await step('customer', `POST ${orders}/{id}/cancel`, one)
  await orderBecomes(shop, { id: one.path.id, as }, 'cancelled')
  await step('customer', `POST ${api}/payments/process`, { as, body: { order_id: one.path.id }, refused: 409 })

  const cash = { ...input, payment_method: 'cash_on_delivery' }
  const id = idOf(await step('customer', `POST ${orders}`, { as, body: cash }))
  await orderBecomes(shop, { id, as }, 'shipping')
  const forStaff = { as: staff, path: { id } }
  await step('staff', `GET ${admin}/orders/{id}`, forStaff)
  await step('staff', `GET ${admin}/orders`, { as: staff })
  await step('staff', `GET ${admin}/orders/export`, { as: staff })
  await step('staff', `POST ${admin}/orders/{id}/notes`, { ...forStaff, body: { text: 'She asked for a card.' } })
  const resend = { ...forStaff, body: { step: 'resend' } }
  await step('staff', `POST ${admin}/orders/{id}/checkout`, { ...resend, refused: 409 })
  await sql`update platform.saga set status = 'needs_operator' where key = ${id}`.execute(shop.app.db)
  await step('staff', `POST ${admin}/orders/{id}/checkout`, resend)
  await step('staff', `GET ${api}/internal/orders`, { as: staff })
  await step('staff', `GET ${api}/internal/orders/{id}`, forStaff)
  const byProgram = { ...forStaff, body: { status: 'shipping' } }
  await step('staff', `PATCH ${api}/internal/orders/{id}/status`, byProgram)
  await step('staff', `PATCH ${admin}/orders/{id}/status`, { ...forStaff, body: { status: 'created' }, refused: 409 })
  await step('staff', `PATCH ${admin}/orders/{id}/status`, { ...forStaff, body: { status: 'fulfilled' } })
  await orderBecomes(shop, { id, as }, 'fulfilled')
}

/** Staff type in the order of a buyer on the phone, and place it. */
export const drafts: Story = async ({ step, shop }) => {
  const drafts = `${admin}/order-drafts`
  const { variant_id } = await firstOf(shop, 'teas')
  const one = { as: staff, path: { id: randomUUID() } }
  const content = { ...toPickup, items: [{ variant_id, quantity: 1 }], contact: { phone: '+7 912 000-44-55' } }
  await step('staff', `PUT ${drafts}/{id}`, { ...one, body: { content: {}, version: undefined } })
  const { version } = read(DraftView, await step('staff', `GET ${drafts}/{id}`, one))
  await step('staff', `POST ${drafts}/{id}/place`, { ...one, body: { version }, refused: 409 })
  await step('staff', `PUT ${drafts}/{id}`, { ...one, body: { content, version: randomUUID() }, refused: 409 })
  const filled = read(DraftView, await step('staff', `PUT ${drafts}/{id}`, { ...one, body: { content, version } }))
  await step('staff', `GET ${drafts}`, { as: staff })
  const body = { version: filled.version, expected_total: undefined }
  await step('staff', `POST ${drafts}/{id}/place`, { ...one, body })
  await step('staff', `DELETE ${drafts}/{id}`, { ...one, refused: 409 })
  const other = { as: staff, path: { id: randomUUID() } }
  await step('staff', `PUT ${drafts}/{id}`, { ...other, body: { content: {}, version: undefined } })
  await step('staff', `DELETE ${drafts}/{id}`, other)
}

async function inputOf(shop: Parameters<Story>[0]['shop']) {
  const { variant_id } = await firstOf(shop, 'teas')
  return { ...toCourier, payment_method: 'online', items: [{ variant_id, quantity: 1 }] }
}
