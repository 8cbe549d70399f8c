import { firstOf, orderBecomes, placeOrder, toPickup } from '../../../e2e/purchase-steps.ts'
import { staff } from '../../../e2e/open-shop.ts'
import { api, idOf, type Story } from './story.ts'

const admin = `${api}/admin/reviews`

/** Staff enter a review of another platform; a customer who bought nothing writes none. */
export const reviews: Story = async ({ step, shop }) => {
  const as = staff
  const { id: product_id, variant_id } = await firstOf(shop, 'teas')
  const body = { platform: 'yandex', rating: 5, reviewed_at: '2026-10-01T10:00:00Z', product_id, text: 'Хороший чай.' }
  const id = idOf(await step('staff', `POST ${admin}`, { as, body }))
  await step('staff', `POST ${admin}`, { as, body: { ...body, id, rating: 1 }, refused: 409 })
  await step('staff', `PATCH ${admin}/{id}`, { as, path: { id }, body: { rating: 4 } })
  await step('staff', `PATCH ${admin}/{id}`, { as, path: { id }, body: { platform: 'shop' }, refused: 409 })
  await step('staff', `GET ${admin}/{id}`, { as, path: { id } })
  await step('staff', `GET ${admin}`, { as })
  await step('staff', `PUT ${admin}/{id}/status`, {
    as,
    path: { id },
    body: { status: 'rejected', version: 9 },
    refused: 409,
  })
  await step('staff', `PUT ${admin}/{id}/status`, { as, path: { id }, body: { status: 'published', version: 2 } })
  await step('guest', `GET ${api}/catalog/reviews`)
  await step('guest', `GET ${api}/catalog/products/{id}/reviews`, { path: { id: product_id } })
  const customer = { as: await shop.customer(), path: { id: product_id } }
  const mine = `${api}/catalog/products/{id}/my-review`
  await step('customer', `PUT ${mine}`, { ...customer, body: { rating: 5 }, refused: 409 })
  await step('customer', `GET ${mine}`, { ...customer, refused: 404 })
  await step('customer', `DELETE ${mine}`, { ...customer, refused: 404 })
  await receive(customer.as)
  await step('customer', `PUT ${mine}`, { ...customer, body: { rating: 5, text: 'Мой любимый.' } })
  await step('customer', `GET ${mine}`, customer)
  await step('customer', `DELETE ${mine}`, customer)
  await step('staff', `DELETE ${admin}/{id}`, { as, path: { id } })
  await step('staff', `DELETE ${admin}/{id}`, { as, path: { id }, refused: 404 })

  /** The customer buys the product, and staff say that it was handed over. */
  async function receive(buyer: string): Promise<void> {
    const input = { ...toPickup, payment_method: 'cash_on_delivery', items: [{ variant_id, quantity: 1 }] }
    const order = await placeOrder(shop, buyer, input)
    await orderBecomes(shop, { id: order.id, as: buyer }, 'shipping')
    const body = { status: 'fulfilled' }
    await step('staff', `PATCH ${api}/admin/orders/{id}/status`, { as, path: { id: order.id }, body })
    await orderBecomes(shop, { id: order.id, as: buyer }, 'fulfilled')
  }
}
