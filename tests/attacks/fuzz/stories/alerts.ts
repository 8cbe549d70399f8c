import { randomUUID } from 'node:crypto'
import { firstOf } from '../../../e2e/purchase-steps.ts'
import { api, type Story } from './story.ts'

const path = `${api}/catalog/variants/{id}/alerts/{kind}`

/** A customer waits for a lower price, and gives up. */
export const alerts: Story = async ({ step, shop }) => {
  const as = await shop.customer()
  const { variant_id } = await firstOf(shop, 'teas')
  const one = { as, path: { id: variant_id, kind: 'price_drop' } }
  await step('customer', `PUT ${path}`, one)
  await step('customer', `PUT ${path}`, { as, path: { id: variant_id, kind: 'back_in_stock' }, refused: 409 })
  await step('customer', `PUT ${path}`, { as, path: { id: randomUUID(), kind: 'price_drop' }, refused: 404 })
  await step('customer', `GET ${api}/catalog/variants/alerts`, { as })
  await step('customer', `DELETE ${path}`, one)
  await step('customer', `DELETE ${path}`, { ...one, refused: 404 })
}
