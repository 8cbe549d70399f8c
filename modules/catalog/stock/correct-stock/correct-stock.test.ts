import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { crowd, expectProblem, expectResponse } from '#platform/testing'
import { Page } from '#platform/schema'
import { newId } from '#platform/values'
import { type CatalogTest, openCatalogTest } from '../../testing.ts'
import { CorrectedStock, StockMovement } from '../schema.ts'

let catalog: CatalogTest
before(async () => {
  catalog = await openCatalogTest()
})
after(() => catalog.close())

const correct = (variant_id: string, delta: number, reason = 'delivery') =>
  catalog.asStaff(`POST /admin/variants/${variant_id}/stock`, { delta, reason })

test('a variant has at most a thousand million pieces on hand (CAT-11)', async () => {
  const sand = await catalog.addVariant(999_999_999)
  expectResponse(await correct(sand, 1), 201, CorrectedStock)
  expectProblem(await correct(sand, 1), 409, 'stock-limit-exceeded')
})

test('stock is corrected with a reason, never below the reserved pieces (CAT-11)', async () => {
  const rose = await catalog.addVariant(5)
  const items = [{ variant_id: rose, quantity: 3 }]
  await catalog.hold({ order_id: newId(), items, expires_at: catalog.now() })
  const { on_hand, reserved, stock_quantity } = expectResponse(
    await correct(rose, -2, 'broken stems'),
    201,
    CorrectedStock,
  )
  assert.deepEqual({ on_hand, reserved, stock_quantity }, { on_hand: 3, reserved: 3, stock_quantity: 0 })
  const problem = expectProblem(await correct(rose, -1), 409, 'pieces-are-reserved')
  assert.deepEqual([problem['on_hand'], problem['reserved'], problem['stock_quantity']], [3, 3, 0])
  expectProblem(await correct(rose, 0), 400, 'changes-nothing')
  expectProblem(await correct(newId(), 1), 404, 'not-found')

  const movementsOf = async (query: string) =>
    expectResponse(await catalog.asStaff(`GET /admin/variants/${rose}/movements?${query}`), 200, Page(StockMovement))
  const newest = await movementsOf('page_size=1')
  assert.deepEqual([newest.items[0]?.reason, newest.items[0]?.delta, newest.total], ['broken stems', -2, 2])
  const next = await movementsOf(`page_size=1&cursor=${newest.next_cursor}`)
  assert.deepEqual([next.items[0]?.kind, next.next_cursor], ['opening', null])
})

test('the movements of an unknown variant are not found (CAT-11)', async () => {
  expectProblem(await catalog.asStaff(`GET /admin/variants/${newId()}/movements`), 404, 'not-found')
})

test('a bundle has no stock of its own to correct (CAT-5)', async () => {
  const rose = await catalog.addVariant(5)
  const bouquet = await catalog.addBouquet([{ variant_id: rose, quantity: 3 }])
  expectProblem(await correct(bouquet, 1), 409, 'bundle-has-no-stock')
})

test('many corrections at once all count (CAT-11)', async () => {
  const rose = await catalog.addVariant(0)
  await crowd(40, () => correct(rose, 1))
  assert.equal(expectResponse(await correct(rose, 1), 201, CorrectedStock).on_hand, 41)
})

test('of two corrections that start from the same count, one is made (CAT-11)', async () => {
  const rose = await catalog.addVariant(5)
  const body = { delta: 4, reason: 'counted', expected_on_hand: 5 }
  const correctFromFive = () => catalog.asStaff(`POST /admin/variants/${rose}/stock`, body)
  const responses = await Promise.all([correctFromFive(), correctFromFive()])
  assert.deepEqual(new Set(responses.map(({ status }) => status)), new Set([201, 409]))
  expectProblem(await correctFromFive(), 409, 'stock-changed')
  assert.equal(expectResponse(await correct(rose, 1), 201, CorrectedStock).on_hand, 10)
})

test('an Idempotency-Key makes a correction count once (rule 8)', async () => {
  const rose = await catalog.addVariant(5)
  const body = { delta: 3, reason: 'delivery' }
  const key = { 'idempotency-key': 'correction-of-2026-11-21' }
  const send = () => catalog.asStaff(`POST /admin/variants/${rose}/stock`, body, key)
  const [first, repeated] = [await send(), await send()]
  assert.equal(expectResponse(first, 201, CorrectedStock).on_hand, 8)
  assert.deepEqual(repeated.body, first.body)
  assert.equal(repeated.headers['idempotent-replay'], 'true')
})
