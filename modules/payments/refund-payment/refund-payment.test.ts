import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import {
  anna,
  crowd,
  expectProblem,
  expectResponse,
  olga,
  openTestApi,
  runJob,
  statusesOf,
  type TestApi,
} from '#platform/testing'
import { newId } from '#platform/values'
import { ProviderUnavailable, type Provider } from '../index.ts'
import { sandbox } from '../providers/sandbox.ts'
import { RefundView } from '../schema.ts'
import { namesOf, openPaymentsTest, type Order, type PaymentsTest } from '../testing.ts'
import { refundIdOf } from './refund-id.ts'

let shop: PaymentsTest
before(async () => {
  shop = await openPaymentsTest()
})
after(() => shop.close())

type Request = Readonly<{ id?: string; amount?: number; key?: string; caller?: typeof olga; api?: TestApi }>
const refund = ({ event_id }: Order, { key, caller = olga, api = shop.api, ...body }: Request = {}) =>
  api.send(caller, `POST /admin/payments/${event_id}/refund`, {
    headers: key === undefined ? {} : { 'idempotency-key': key },
    body: { ...body, reason: 'broken cup' },
  })
const refunded = async (order: Order, request: Request = {}) =>
  expectResponse(await refund(order, request), 201, RefundView)
const paidOrder = async (amount: number) => {
  const order = await shop.startedOrder(amount)
  await shop.press('approve', order)
  return order
}

test('staff refund a part and then the rest, and both are published and booked (PAY-5)', async () => {
  const order = await paidOrder(1000)
  const part = await refunded(order, { amount: 400 })
  assert.deepEqual([part.amount, part.status], [400, 'done'])
  assert.equal((await shop.paymentsOf(order))[0]?.status, 'partially_refunded')
  assert.equal((await refunded(order)).amount, 600)
  assert.equal((await shop.paymentsOf(order))[0]?.status, 'refunded')
  const events = (await shop.eventsOf(order)).slice(2)
  assert.deepEqual(namesOf(events), ['refunded', 'refunded'])
  assert.deepEqual(
    events.map(({ data }) => [data['refunded_amount'], data['fully_refunded']]),
    [
      [400, false],
      [1000, true],
    ],
  )
  assert.equal(await shop.heldFor(order), 0)
  await shop.assertNoViolations()
})

test('fifty refunds of one payment at once never exceed the payment (REL-5)', async () => {
  const order = await paidOrder(1000)
  const responses = await crowd(50, () => refund(order, { amount: 30 }))
  assert.deepEqual(statusesOf(responses), [...Array<number>(33).fill(201), ...Array<number>(17).fill(409)])
  assert.equal((await shop.paymentsOf(order))[0]?.refunded_amount, 990)
  const problem = expectProblem(await refund(order, { amount: 30 }), 409, 'exceeds-captured')
  assert.equal(problem['refundable_amount'], 10)
  await shop.assertNoViolations()
})

test('one refund that is sent fifty times is executed once (PAY-5)', async () => {
  const order = await paidOrder(1000)
  const id = newId()
  const responses = await crowd(50, () => refund(order, { id, amount: 100 }))
  const bodies = new Set(
    responses.map((response) => (response.status === 'fulfilled' ? response.value.text : String(response.reason))),
  )
  assert.equal(bodies.size, 1)
  assert.equal((await shop.paymentsOf(order))[0]?.refunded_amount, 100)
  assert.equal(namesOf(await shop.eventsOf(order)).filter((name) => name === 'refunded').length, 1)
  await shop.assertNoViolations()
})

test('the id of a refund cannot be used for another amount or another payment', async () => {
  const [order, other] = [await paidOrder(1000), await paidOrder(1000)]
  const id = newId()
  await refunded(order, { id, amount: 100 })
  expectProblem(await refund(order, { id, amount: 200 }), 409, 'id-taken')
  expectProblem(await refund(other, { id, amount: 100 }), 409, 'id-taken')
  await shop.assertNoViolations()
})

test('a repeat under one Idempotency-Key continues the requested refund (PAY-5)', async () => {
  const order = await paidOrder(1000)
  const key = 'a-key-of-at-least-16'
  const id = refundIdOf({ caller: olga.user_id, payment_id: order.event_id, key })
  assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/)
  assert.equal((await refunded(order, { key, amount: 100 })).id, id)
  await refunded(order, { key, amount: 100 })
  assert.equal((await shop.paymentsOf(order))[0]?.refunded_amount, 100)
})

test('a refund that a silent bank leaves open is finished later, and only once (PAY-6)', async () => {
  const bank = sandbox({ db: shop.db, mode: 'page' })
  const silent: Provider = {
    ...bank,
    refund: async (input) => {
      await bank.refund(input)
      throw new ProviderUnavailable('sandbox')
    },
  }
  const order = await paidOrder(1000)
  const api = await openTestApi([shop.moduleWith({ provider: silent })])
  const key = 'a-key-for-the-silent-bank'
  const first = await refund(order, { amount: 600, key, api })
  const repeat = await refund(order, { amount: 600, key, api })
  await api.close()
  assert.equal(expectResponse(first, 202, RefundView).status, 'requested')
  assert.equal(repeat.text, first.text)
  expectProblem(await refund(order, { amount: 600 }), 409, 'exceeds-captured')
  await runJob(shop.module, 'payments.finish-refunds')
  assert.equal(expectResponse(await refund(order, { amount: 600, key }), 201, RefundView).status, 'done')
  assert.equal((await shop.paymentsOf(order))[0]?.refunded_amount, 600)
  assert.deepEqual(namesOf(await shop.eventsOf(order)), ['started', 'completed', 'refunded'])
  await shop.assertNoViolations()
})

test('after the bank refused a refund the amount may be refunded again', async () => {
  const bank = sandbox({ db: shop.db, mode: 'page' })
  const order = await paidOrder(1000)
  const api = await openTestApi([shop.moduleWith({ provider: { ...bank, refund: async () => 'refused' } })])
  expectProblem(await refund(order, { api }), 409, 'provider-refused')
  await api.close()
  assert.equal(await shop.heldFor(order), 1000)
  await refunded(order)
  await shop.assertNoViolations()
})

test('only staff with the permission refund, and only paid orders (SEC-3)', async () => {
  const order = await shop.startedOrder(1000)
  expectProblem(await refund(order, { caller: anna }), 403, 'forbidden')
  expectProblem(await refund(order), 409, 'not-paid')
  expectProblem(await refund(shop.newOrder()), 404, 'not-found')
  expectProblem(await refund(order, { amount: 0 }), 400, 'validation-failed')
  expectProblem(await refund(order, { amount: 0.5 }), 400, 'validation-failed')
})
