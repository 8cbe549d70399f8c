import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { anna, boris } from '#platform/testing'
import { newId } from '#platform/values'
import { openOrderingTest, teaItems } from '../testing.ts'

let ordering: Awaited<ReturnType<typeof openOrderingTest>>
before(async () => {
  ordering = await openOrderingTest()
})
after(() => ordering.close())

test('a product counts as received when an order with it is fulfilled (SUP-3)', async () => {
  const { id } = await ordering.place(anna, { delivery_method: 'pickup', items: teaItems() })
  const { rows } = await ordering.pool.query<{ product_id: string }>(
    'select product_id from ordering.lines where order_id = $1',
    [id],
  )
  const product_id = rows[0]?.product_id ?? assert.fail()
  const of = (user_id: string, product = product_id) => ordering.module.api.purchaseOf({ user_id, product_id: product })
  assert.equal(await of(anna.user_id), undefined)
  await ordering.pool.query(
    `update ordering.orders set status = 'fulfilled', fulfilled_at = now(), paid_at = now(), shipped_at = now() where id = $1`,
    [id],
  )
  assert.deepEqual(await of(anna.user_id), { order_id: id })
  assert.equal(await of(boris.user_id), undefined)
  assert.equal(await of(anna.user_id, newId()), undefined)
})
