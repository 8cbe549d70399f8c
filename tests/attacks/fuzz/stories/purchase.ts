import { randomUUID } from 'node:crypto'
import { arrives, onShelf, press, staff } from '../../../e2e/open-shop.ts'
import { api, type Story } from './story.ts'

const orders = `${api}/orders`
const items = `${api}/cart/items`
const admin = `${api}/admin`

/** A guest fills a cart and brings it into an account; what is in it comes and goes. */
export const cart: Story = async ({ step, shop }) => {
  const [tea, other] = await onShelf(shop, 'teas')
  const { variant_id } = tea ?? { variant_id: '' }
  const one = { path: { variant_id } }
  const { cart_token } = await step('guest', `POST ${items}`, { body: { variant_id, quantity: 1 } })
  const headers = { 'x-cart-token': cart_token }
  await step('guest', `PATCH ${items}/{variant_id}`, { ...one, headers, body: { quantity: 99 } })
  await step('guest', `GET ${api}/cart`, { headers })
  const as = await shop.customer('Zoya')
  await step('customer', `POST ${api}/cart/merge`, { as, body: { cart_token } })
  await step('customer', `GET ${api}/cart`, { as })
  await step('customer', `PATCH ${items}/{variant_id}`, { as, ...one, body: { quantity: 1 } })
  await step('customer', `DELETE ${items}/{variant_id}`, { as, ...one })
  await step('customer', `PATCH ${items}/{variant_id}`, { as, ...one, body: { quantity: 1 }, refused: 404 })
  await step('customer', `POST ${items}`, { as, body: { variant_id: other?.variant_id, quantity: 2 } })
  await step('customer', `POST ${items}`, { as, body: { variant_id: randomUUID(), quantity: 1 }, refused: 409 })
  await step('customer', `DELETE ${api}/cart`, { as })
  await step('customer', `POST ${orders}`, { as, body: { delivery_method: 'pickup' }, refused: 409 })
}

/** An order is paid on the bank's page, given back in part, followed, and handed over by a courier of the house. */
export const purchase: Story = async ({ step, shop }) => {
  const as = await shop.customer('Zoya')
  const input = await inputOf(shop)
  const { id } = await step('customer', `POST ${orders}`, { as, body: input })
  const one = { as, path: { id } }
  await arrives(shop, { id, as }, 'processing')
  await step('customer', `GET ${orders}/{id}`, one)
  await step('customer', `GET ${orders}/{id}/events`, one)
  await step('customer', `GET ${orders}`, { as })
  const payment = await step('customer', `POST ${api}/payments/process`, {
    as,
    body: { order_id: id, method: 'online' },
  })
  await step('customer', `GET ${api}/payments/{id}`, { as, path: { id: payment.id } })
  await step('customer', `GET ${api}/payments/order/{order_id}`, { as, path: { order_id: id } })
  await press(shop, id, 'approve')
  await arrives(shop, { id, as }, 'shipping')
  const refund = { as: staff, path: { id: payment.id } }
  const tooMuch = { amount: Number.MAX_SAFE_INTEGER, reason: 'all the money there is' }
  await step('staff', `POST ${admin}/payments/{id}/refund`, { ...refund, body: tooMuch, refused: 409 })
  await step('staff', `POST ${admin}/payments/{id}/refund`, { ...refund, body: { amount: 1, reason: 'a torn bag' } })
  await parcelOf(id)
  await arrives(shop, { id, as }, 'fulfilled')
  await step('customer', `POST ${orders}/{id}/cancel`, { ...one, refused: 409 })

  async function parcelOf(order_id: string) {
    const { id: parcel, tracking_token } = await step('customer', `GET ${api}/delivery/order/{order_id}`, {
      as,
      path: { order_id },
    })
    const { id: shipment_id } = await step('staff', `POST ${api}/delivery/create`, {
      as: staff,
      body: { order_id, method: 'courier', delivery_address: 'Somewhere else 7' },
    })
    if (shipment_id !== parcel) throw new Error('An order has two shipments')
    await step('customer', `GET ${api}/delivery/{id}`, { as, path: { id: parcel } })
    await step('guest', `GET ${api}/delivery/track/{token}`, { path: { token: tracking_token } })
    await step('guest', `GET ${api}/delivery/track/{token}/events`, { path: { token: tracking_token } })
    const staffs = { as: staff, path: { id: parcel } }
    await step('staff', `GET ${admin}/shipments`, { as: staff })
    await step('staff', `GET ${admin}/shipments/{id}`, staffs)
    await step('staff', `POST ${admin}/shipments/{id}/status`, {
      ...staffs,
      body: { status: 'cancelled' },
      refused: 409,
    })
    await step('staff', `POST ${admin}/shipments/{id}/status`, { ...staffs, body: { status: 'out_for_delivery' } })
    await step('staff', `POST ${api}/delivery/{id}/deliver`, staffs)
  }
}

/** An order under an id of its customer's is called off; staff takes another one on by hand. */
export const orderLife: Story = async ({ step, shop }) => {
  const as = await shop.customer('Zoya')
  const input = await inputOf(shop)
  const one = { as, path: { id: randomUUID() } }
  await step('customer', `PUT ${orders}/{id}`, { ...one, body: input })
  await step('customer', `PUT ${orders}/{id}`, { ...one, body: { ...input, comment: 'another wish' }, refused: 409 })
  await arrives(shop, { id: one.path.id, as }, 'processing')
  await step('customer', `POST ${orders}/{id}/cancel`, one)
  await arrives(shop, { id: one.path.id, as }, 'cancelled')
  await step('customer', `POST ${api}/payments/process`, { as, body: { order_id: one.path.id }, refused: 409 })

  const cash = { ...input, payment_method: 'cash_on_delivery' }
  const { id } = await step('customer', `POST ${orders}`, { as, body: cash })
  await arrives(shop, { id, as }, 'shipping')
  const staffs = { as: staff, path: { id } }
  await step('staff', `GET ${admin}/orders/{id}`, staffs)
  await step('staff', `GET ${admin}/orders`, { as: staff })
  await step('staff', `PATCH ${admin}/orders/{id}/status`, { ...staffs, body: { status: 'created' }, refused: 409 })
  await step('staff', `PATCH ${admin}/orders/{id}/status`, { ...staffs, body: { status: 'fulfilled' } })
  await arrives(shop, { id, as }, 'fulfilled')
}

async function inputOf(shop: Parameters<Story>[0]['shop']) {
  const [tea] = await onShelf(shop, 'teas')
  const items = [{ variant_id: tea?.variant_id, quantity: 1 }]
  return { delivery_method: 'courier', delivery_address: 'Коломна, Посадская 3', payment_method: 'online', items }
}
