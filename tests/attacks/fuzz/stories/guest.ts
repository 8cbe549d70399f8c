import { OrderView } from '#ordering/schema'
import { eventually } from '#platform/testing'
import { staff } from '../../../e2e/open-shop.ts'
import { firstOf, toCourier, toPickup } from '../../../e2e/purchase-steps.ts'
import { api, read, type Story } from './story.ts'

const orders = `${api}/orders`
const linked = `${orders}/by-link/{token}`

/** A buyer without an account orders with a phone, and opens, follows and cancels the orders by their links. */
export const guestOrders: Story = async ({ step, shop }) => {
  const { variant_id } = await firstOf(shop, 'flowers')
  const body = { items: [{ variant_id, quantity: 1 }], contact: { phone: '+7 912 000-11-22' } }
  await step('guest', `POST ${orders}`, { body: { ...toPickup, ...body, contact: undefined }, refused: 400 })
  const cash = { ...toCourier, ...body, payment_method: 'cash_on_delivery' }
  const sent = read(OrderView, await step('guest', `POST ${orders}`, { body: cash }))
  const shipped = { path: { token: tokenOf(sent) } }
  await step('guest', `GET ${linked}`, shipped)
  await eventually(async () => {
    const response = await fetch(`${shop.address}${orders}/by-link/${shipped.path.token}/shipment`)
    if (response.status !== 200) throw new Error('The order has no shipment yet')
  })
  await step('guest', `GET ${linked}/shipment`, shipped)

  await step('guest', `GET ${linked}/returns`, shipped)
  const returned = { items: [{ variant_id, quantity: 1 }], reason: 'It has faded' }
  await step('guest', `POST ${linked}/returns`, { ...shipped, body: returned, refused: 409 })
  await eventually(async () => {
    const response = await fetch(`${shop.address}${orders}/by-link/${shipped.path.token}`)
    if (read(OrderView, await response.json()).status !== 'shipping') throw new Error('The order is not on its way yet')
  })
  const handedOver = { as: staff, path: { id: sent.id }, body: { status: 'fulfilled' } }
  await step('staff', `PATCH ${api}/admin/orders/{id}/status`, handedOver)
  await step('guest', `POST ${linked}/returns`, { ...shipped, body: returned })

  const online = { ...toPickup, ...body, payment_method: 'online' }
  const placed = read(OrderView, await step('guest', `POST ${orders}`, { body: online }))
  const open = { path: { token: tokenOf(placed) } }
  const edit = { items: [{ variant_id, quantity: 2 }], recipient_name: 'Vera', comment: 'Ring twice' }
  await step('staff', `PATCH ${api}/admin/orders/{id}`, { as: staff, path: { id: placed.id }, body: edit })
  await step('guest', `POST ${linked}/cancel`, open)
  await eventually(async () => {
    const response = await fetch(`${shop.address}${orders}/by-link/${open.path.token}`)
    if (read(OrderView, await response.json()).status !== 'cancelled') throw new Error('The order is not cancelled yet')
  })
  await step('guest', `GET ${linked}/events`, open)
  await step('staff', `POST ${api}/admin/orders/{id}/link`, { as: staff, path: { id: placed.id } })
  await step('guest', `GET ${linked}`, { ...open, refused: 404 })
  await step('guest', `DELETE ${linked}`, shipped)
}

function tokenOf(placed: unknown): string {
  const { link_token } = read(OrderView, placed)
  if (link_token === null) throw new Error('The order of a guest has no link')
  return link_token
}
