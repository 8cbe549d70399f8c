import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import { olga, runJob } from '#platform/testing'
import { sandbox, type Sandbox } from './providers/sandbox.ts'
import { namesOf, openPaymentsTest, type Order, type PaymentsTest } from './testing.ts'

let shop: PaymentsTest
let bank: Sandbox
before(async () => {
  shop = await openPaymentsTest()
  bank = sandbox({ db: shop.db, mode: 'page' })
})
after(() => shop.close())

const deliver = async () => void (await shop.deliver())

/** Steps that may happen to an order in any sequence and any number of times. */
const steps: Readonly<Record<string, (order: Order) => Promise<unknown>>> = {
  requested: async (order) => (await shop.publish(shop.requested(order)), await deliver()),
  requestedAndCancelled: async (order) => (
    await shop.publish(shop.requested(order), shop.cancellationRequested(order)),
    await deliver()
  ),
  cancelledOrKept: async (order) => (await shop.publish(shop.cancellationRequested(order, 'keep')), await deliver()),
  cancelledOrRefunded: async (order) => (
    await shop.publish(shop.cancellationRequested(order, 'refund')),
    await deliver()
  ),
  approve: (order) => shop.press('approve', order),
  decline: (order) => shop.press('decline', order),
  wait: (order) => shop.press('wait', order),
  paidWithoutNotice: (order) => bank.decide(order.event_id, 'succeeded'),
  process: (order) => shop.process(order),
  staffRefund: async (order) => {
    const payment = (await shop.paymentsOf(order)).find(({ completed_at }) => completed_at)
    const request = `POST /admin/payments/${payment?.id ?? order.event_id}/refund` as const
    await shop.api.send(olga, request, { body: { amount: 400, reason: 'broken cup' } })
  },
  allEventsAgain: async () => (await shop.emptyInbox(), await deliver()),
}

test('after any sequence of steps an order is paid once, never refunded beyond its payment, and booked to the kopeck (PAY-5, PAY-7)', async () => {
  const sequences = fc.array(fc.constantFrom(...Object.keys(steps)), { minLength: 3, maxLength: 12 })
  await fc.assert(
    fc.asyncProperty(sequences, async (names) => {
      const order = shop.newOrder(1000)
      for (const name of names) await steps[name]?.(order)
      await runJob(shop.module, 'payments.finish-refunds')
      const charge = await bank.query({ payment_id: order.event_id, amount: 1000, currency: 'RUB' })
      const [first] = await shop.paymentsOf(order)
      if (charge?.status === 'succeeded' && first?.completed_at === null) await shop.press('approve', order)
      await shop.assertNoViolations()
      assert.ok((await shop.heldFor(order)) <= 1000)

      const before = (await shop.eventsOf(order)).length
      await shop.publish(shop.cancellationRequested(order, 'refund'))
      await deliver()
      const answers = namesOf((await shop.eventsOf(order)).slice(before))
      assert.equal(answers.length, 1, 'payments answers every payment-cancellation-requested once')
      assert.match(answers[0] ?? '', /^(failed|refunded)$/)
      assert.equal(await shop.heldFor(order), 0)
      await shop.assertNoViolations()
      await shop.pool.query('delete from platform.event')
    }),
    { numRuns: 60 },
  )
})
