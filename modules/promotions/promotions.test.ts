import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Page } from '#platform/schema'
import { anna, crowd, expectProblem, expectResponse, guest, olga, statusesOf } from '#platform/testing'
import { newId } from '#platform/values'
import { PromotionDetails, PromotionView } from './schema.ts'
import { openPromotionsTest, type PromotionsTest } from './testing.ts'

let shop: PromotionsTest
before(async () => {
  shop = await openPromotionsTest()
})
after(() => shop.close())

const body = { name: { ru: 'Скидка на чай', en: 'Off tea' }, kind: 'percentage', percent: 10 }
const create = (more: object = {}, headers: Record<string, string> = {}, caller: typeof anna | typeof guest = olga) =>
  shop.send(caller, 'POST /admin/promotions', { body: { ...body, ...more }, headers })
const created = async (more: object = {}) => expectResponse(await create(more), 201, PromotionView)
const change = (id: string, change: object) => shop.send(olga, `PATCH /admin/promotions/${id}`, { body: change })
const show = async (id: string) =>
  expectResponse(await shop.send(olga, `GET /admin/promotions/${id}`), 200, PromotionDetails)

test('staff add a coupon, find it by its code, change it, and each change is recorded (CAT-14)', async () => {
  const coupon = await created({ code: ' чай-10 ', category_ids: [] })
  assert.deepEqual([coupon.code, coupon.combinable, coupon.is_active, coupon.uses], ['ЧАЙ-10', true, true, 0])
  const found = await shop.send(olga, `GET /admin/promotions?code=${encodeURIComponent('чай-10')}`)
  assert.deepEqual(
    expectResponse(found, 200, Page(PromotionView)).items.map(({ id }) => id),
    [coupon.id],
  )
  const changed = expectResponse(await change(coupon.id, { percent: 15, max_uses: 5 }), 200, PromotionView)
  assert.deepEqual([changed.percent, changed.max_uses, changed.code], [15, 5, 'ЧАЙ-10'])
  const { changes } = await show(coupon.id)
  assert.deepEqual(
    changes.map(({ user_id, before, after }) => [user_id, before?.['percent'], after['percent']]),
    [
      [olga.user_id, 10, 15],
      [olga.user_id, undefined, 10],
    ],
  )
  expectProblem(await change(newId(), { percent: 15 }), 404, 'not-found')
})

test('customers and guests neither see nor make promotions (CAT-14, SEC-3)', async () => {
  const { id } = await created()
  expectProblem(await create({}, {}, anna), 403, 'forbidden')
  expectProblem(await create({}, {}, guest), 401, 'unauthorized')
  expectProblem(await shop.send(anna, 'GET /admin/promotions'), 403, 'forbidden')
  expectProblem(await shop.send(anna, `DELETE /admin/promotions/${id}`), 403, 'forbidden')
})

test('terms that contradict each other are refused, when a promotion is made and when it is changed (CAT-14)', async () => {
  const { id } = await created()
  for (const [wrong, reason] of [
    [{ percent: null }, 'wrong-benefit'],
    [{ amount: 100 }, 'wrong-benefit'],
    [{ kind: 'fixed_amount' }, 'wrong-benefit'],
    [{ kind: 'free_delivery' }, 'wrong-benefit'],
    [{ starts_at: '2026-12-02T00:00:00Z', ends_at: '2026-12-01T00:00:00Z' }, 'ends-before-it-starts'],
    [{ starts_at: '2026-12-02T00:00:00Z', ends_at: '2026-12-02T00:00:00Z' }, 'ends-before-it-starts'],
    [{ first_order: true, max_uses_per_buyer: 2 }, 'first-order-counts-once'],
  ] as const) {
    expectProblem(await create(wrong), 400, reason)
    expectProblem(await change(id, wrong), 400, reason)
  }
  for (const wrong of [
    { percent: 0 },
    { percent: 101 },
    { code: 'a' },
    { code: 'a b' },
    { max_uses: 0 },
    { currency: 'ZZZ' },
  ])
    expectProblem(await create(wrong), 400, 'validation-failed')
  expectProblem(await change(id, {}), 400, 'validation-failed')
})

test('two promotions never have one code, also when they are made at once (CAT-14)', async () => {
  const settled = await crowd(10, () => create({ code: 'SAME' }))
  assert.deepEqual(statusesOf(settled), [201, ...Array.from({ length: 9 }, () => 409)])
  const { id } = await created({ code: 'OTHER' })
  expectProblem(await change(id, { code: 'same' }), 409, 'code-taken')
})

test('a repeat makes one promotion, with an id as with an Idempotency-Key (CAT-14, rule 2, rule 8)', async () => {
  const id = newId()
  for (let i = 0; i < 3; i++) assert.equal((await created({ id, code: 'REPEAT' })).id, id)
  expectProblem(await create({ id, code: 'REPEAT', percent: 20 }), 409, 'id-taken')
  const headers = { 'idempotency-key': newId() }
  const [first, second] = [await create({}, headers), await create({}, headers)]
  assert.equal(second.text, first.text)
})

test('a limit stays above the uses, and a promotion with uses is switched off instead of deleted (CAT-14)', async () => {
  const { id } = await created({ code: 'USED' })
  await shop.redeem({ coupon: 'USED' })
  await shop.redeem({ coupon: 'USED' })
  expectProblem(await change(id, { max_uses: 1 }), 409, 'limit-below-uses')
  expectResponse(await change(id, { max_uses: 2 }), 200)
  expectProblem(await shop.send(olga, `DELETE /admin/promotions/${id}`), 409, 'has-uses')
  expectResponse(await change(id, { is_active: false }), 200)
  const refused = await shop.redeem({ coupon: 'USED' })
  assert.deepEqual(refused, { kind: 'refused', reason: 'coupon-unknown' })
  const unused = await created()
  expectResponse(await shop.send(olga, `DELETE /admin/promotions/${unused.id}`), 204)
  expectProblem(await shop.send(olga, `DELETE /admin/promotions/${unused.id}`), 404, 'not-found')
})
