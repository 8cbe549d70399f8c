import assert from 'node:assert/strict'
import { test } from 'node:test'
import { boris, statementsOf } from '#platform/testing'
import { openOrderingTest, teaItems } from '../testing.ts'
import { exportOrders } from './query.ts'

test('an export has every order once with its lines, newest first, and reads them in pages (ID-18, PERF-2)', async () => {
  const shop = await openOrderingTest()
  const placed: string[] = []
  for (let quantity = 1; quantity <= 5; quantity++) {
    const body = { delivery_method: 'pickup', items: teaItems(quantity) }
    placed.push((await shop.place(boris, body)).id)
  }
  const all = await shop.module.api.exportOrders(boris.user_id)
  assert.deepEqual(
    all.map((order) => (order as { id: string }).id),
    placed.toReversed(),
  )
  assert.deepEqual(
    (all as { lines: { quantity: number }[] }[]).map(({ lines }) => lines.map(({ quantity }) => quantity)),
    [[5], [4], [3], [2], [1]],
  )
  for (const [perPage, pages] of [
    [1, 6],
    [2, 3],
    [5, 2],
  ] as const) {
    const statements = await statementsOf(async () => {
      assert.deepEqual(await exportOrders(shop.db, perPage)(boris.user_id), all)
    })
    assert.equal(statements.length, pages)
  }
  await shop.close()
})
