import { randomUUID } from 'node:crypto'
import { staff } from '../../../e2e/open-shop.ts'
import { firstOf, toPickup } from '../../../e2e/purchase-steps.ts'
import { api, idOf, type Story } from './story.ts'

const admin = `${api}/admin/promotions`
const name = { ru: 'Скидка', en: 'A discount' }

/** Staff add coupons. A customer uses one in the cart and in an order, and guesses another. */
export const promotions: Story = async ({ step, shop }) => {
  const as = staff
  const code = `TEA-${randomUUID().slice(0, 8)}`
  const body = { name, kind: 'percentage', percent: 10, code }
  const id = idOf(await step('staff', `POST ${admin}`, { as, body }))
  const one = { as, path: { id } }
  await step('staff', `POST ${admin}`, { as, body: { ...body, percent: 20 }, refused: 409 })
  await step('staff', `GET ${admin}`, { as })
  await order()
  await step('staff', `PATCH ${admin}/{id}`, { ...one, body: { max_uses: 1000, max_uses_per_buyer: 5 } })
  await step('staff', `GET ${admin}/{id}`, one)
  await step('staff', `DELETE ${admin}/{id}`, { ...one, refused: 409 })
  const unused = idOf(await step('staff', `POST ${admin}`, { as, body: { ...body, code: null, is_active: false } }))
  await step('staff', `DELETE ${admin}/{id}`, { as, path: { id: unused } })

  async function order() {
    const as = await shop.customer('Zoya')
    const { variant_id } = await firstOf(shop, 'teas')
    await step('customer', `POST ${api}/cart/items`, { as, body: { variant_id, quantity: 1 } })
    await step('customer', `PUT ${api}/cart/coupon`, { as, body: { code: 'a guess' }, refused: 409 })
    await step('customer', `PUT ${api}/cart/coupon`, { as, body: { code } })
    await step('customer', `DELETE ${api}/cart/coupon`, { as })
    const items = [{ variant_id, quantity: 1 }]
    await step('customer', `POST ${api}/orders`, { as, body: { ...toPickup, items, coupon: code } })
    await step('customer', `POST ${api}/orders`, { as, body: { ...toPickup, items, coupon: 'a guess' }, refused: 409 })
  }
}
