import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { refundRequested, returnReceived, returnRefunded } from '#ordering/events'
import { transaction } from '#platform/db'
import { crowd, expectProblem, expectResponse, olga, runJob } from '#platform/testing'
import { newId, systemClock } from '#platform/values'
import { ProviderUnavailable, type Provider } from '../index.ts'
import { sandbox } from '../providers/sandbox.ts'
import { RefundView } from '../schema.ts'
import { openPaymentsTest, type Order, type PaymentsTest } from '../testing.ts'
import { followReturn } from './follow-return.ts'

let shop: PaymentsTest
before(async () => {
  shop = await openPaymentsTest()
})
after(() => shop.close())

const paidOrder = async (amount = 1000) => {
  const order = await shop.startedOrder(amount)
  await shop.press('approve', order)
  return order
}
const byHand = ({ event_id }: Order, body: object = {}) =>
  shop.api.send(olga, `POST /admin/payments/${event_id}/refund`, { body: { amount: 100, reason: 'return', ...body } })
const isFree = async (order: Order) => expectResponse(await byHand(order), 201, RefundView)
const isGuarded = async (order: Order) => expectProblem(await byHand(order), 409, 'return-awaits-refund')

const received = ({ id }: Order, return_id: string, refundable_amount = 400) =>
  returnReceived({ return_id, order_id: id, refundable_amount, currency: 'RUB' })
const ended = ({ id }: Order, return_id: string, refund_amount = 400) =>
  returnRefunded({ return_id, order_id: id, refund_amount, currency: 'RUB', whole_order: false })
const requested = ({ id }: Order, return_id: string, amount = 400) =>
  refundRequested({ subject_type: 'order', subject_id: id, refund_id: newId(), return_id, amount, reason: 'return' })
const deliver = async (
  ...[event, module]: readonly [Parameters<PaymentsTest['publish']>[0], PaymentsTest['module']?]
) => {
  await shop.publish(event)
  await shop.deliver(module)
}
const bank = (refund: Provider['refund']) =>
  shop.moduleWith({ provider: { ...sandbox({ db: shop.db, mode: 'page' }), refund } })

test('from the receipt of a return until its end, staff refund its payment only if they say that they mean more (PAY-5, ORD-10)', async () => {
  const order = await paidOrder()
  const return_id = newId()
  await deliver(received(order, return_id))
  await isGuarded(order)
  expectResponse(await byHand(order, { besides_return: true }), 201, RefundView)
  await deliver(requested(order, return_id))
  await isGuarded(order)
  await deliver(ended(order, return_id))
  await isFree(order)
  assert.equal(await shop.heldFor(order), 400)
  await shop.assertNoViolations()
})

test('the refund of one return says nothing about another, which was refused (PAY-5, ORD-10)', async () => {
  const order = await paidOrder()
  const [refused, other] = [newId(), newId()]
  await deliver(received(order, refused))
  await deliver(
    requested(order, refused),
    bank(async () => 'refused'),
  )
  await deliver(received(order, other, 300))
  await deliver(requested(order, other, 300))
  await deliver(ended(order, other, 300))
  await isGuarded(order)
  await deliver(ended(order, refused, 0))
  await isFree(order)
  assert.equal(await shop.heldFor(order), 600)
  await shop.assertNoViolations()
})

test('while the bank is silent about the refund of a return, staff do not pay it a second time by hand (PAY-5, ORD-10)', async () => {
  const order = await paidOrder()
  const return_id = newId()
  const silent = bank(async () => {
    throw new ProviderUnavailable('sandbox')
  })
  await deliver(requested(order, return_id), silent)
  await isGuarded(order)
  await runJob(shop.module, 'payments.finish-refunds')
  await isGuarded(order)
  await deliver(ended(order, return_id))
  await isFree(order)
  assert.equal(await shop.heldFor(order), 500)
  await shop.assertNoViolations()
})

test('a return that is worth nothing, and one of another order, keep staff from no refund (PAY-5, ORD-10)', async () => {
  const [order, other] = [await paidOrder(), await paidOrder()]
  await deliver(received(order, newId(), 0))
  await deliver(received(other, newId()))
  await isFree(order)
  await isGuarded(other)
})

test('the end of a return counts also when its receipt is handled after it, or again at the same time (ORD-6, ORD-10)', async () => {
  const order = await paidOrder()
  const return_id = newId()
  for (const event of [ended(order, return_id), received(order, return_id), requested(order, return_id)])
    await deliver(event)
  await isFree(order)
  const follow = followReturn({ now: systemClock })
  const concurrent = { return_id: newId(), order_id: order.id }
  const outcomes = await crowd(10, (i) =>
    transaction(shop.db, (tx) => follow(tx, { ...concurrent, is_due: i % 2 === 0 })),
  )
  assert.deepEqual(new Set(outcomes.map(({ status }) => status)), new Set(['fulfilled']))
  await isFree(order)
})

test('staff refund a payment of the sum before an edit also while a return waits: the return is refunded by another (PAY-5, ORD-7)', async () => {
  const order = await paidOrder()
  const edited = { ...order, amount: 1500, event_id: newId(), revision: 2 }
  const refusing = bank(async () => 'refused')
  await deliver(shop.requested(edited), refusing)
  await assert.rejects(runJob(refusing, 'payments.finish-refunds'), AggregateError)
  await shop.press('approve', edited)
  await deliver(received(edited, newId()))
  await isGuarded(edited)
  await isFree(order)
})
