import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { orderOwnerChanged } from '#ordering/events'
import { boris } from '#platform/testing'
import { openPaymentsTest, type PaymentsTest } from '../testing.ts'

let shop: PaymentsTest
before(async () => {
  shop = await openPaymentsTest()
})
after(() => shop.close())

test('the account that has an order now sees its payments, and no other order changes (ORD-8, ORD-11)', async () => {
  const [order, other] = [await shop.startedOrder(), await shop.startedOrder()]
  for (let times = 0; times < 2; times++) {
    await shop.publish(orderOwnerChanged({ order_id: order.id, user_id: boris.user_id }))
    await shop.deliver()
  }
  const payersOf = async (id: string) => {
    const payments = shop.db.selectFrom('payments.payments').select('user_id').where('subject_id', '=', id)
    const requests = shop.db.selectFrom('payments.payment_requests').select('user_id').where('subject_id', '=', id)
    return [...(await payments.execute()), ...(await requests.execute())].map(({ user_id }) => user_id)
  }
  assert.deepEqual(await payersOf(order.id), [boris.user_id, boris.user_id])
  assert.ok(!(await payersOf(other.id)).includes(boris.user_id))
})
