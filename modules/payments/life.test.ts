import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import { bearer, olga } from '#platform/testing'
import { sandbox, type Sandbox } from './providers/sandbox.ts'
import { namesOf, openTill, type Order, type Till } from './testing.ts'

let till: Till
let bank: Sandbox
before(async () => {
  till = await openTill()
  bank = sandbox({ db: till.db, mode: 'page' })
})
after(() => till.end())

const subscribe = async () => void (await till.deliver())

/** What may happen to an order, in any order and any number of times. */
const happenings: Readonly<Record<string, (order: Order) => Promise<unknown>>> = {
  due: async (order) => (await till.say(till.due(order)), await subscribe()),
  dueAndCalledOff: async (order) => (await till.say(till.due(order), till.notDue(order)), await subscribe()),
  keepOrCancel: async (order) => (await till.say(till.notDue(order, 'keep')), await subscribe()),
  refundOrCancel: async (order) => (await till.say(till.notDue(order, 'refund')), await subscribe()),
  approve: (order) => till.press('approve', order),
  decline: (order) => till.press('decline', order),
  wait: (order) => till.press('wait', order),
  paidUnheard: (order) => bank.buyerSays(order.event_id, 'succeeded'),
  process: (order) => till.process(order),
  staffRefund: async (order) => {
    const payment = (await till.attempts(order)).find(({ completed_at }) => completed_at)
    await till.http.inject({
      method: 'POST',
      url: `/api/v1/admin/payments/${payment?.id ?? order.event_id}/refund`,
      headers: { authorization: bearer(olga) },
      payload: { amount: 400, reason: 'broken cup' },
    })
  },
  everythingAgain: async () => (await till.forgetInbox(), await subscribe()),
}

test('whatever happens in whatever order: paid once, never more back than was paid, every kopeck booked (PAY-5, PAY-7)', async () => {
  const steps = fc.array(fc.constantFrom(...Object.keys(happenings)), { minLength: 3, maxLength: 12 })
  await fc.assert(
    fc.asyncProperty(steps, async (names) => {
      const order = till.order(1000)
      for (const name of names) await happenings[name]?.(order)
      await till.runJob('payments.finish-refunds')
      const charge = await bank.query({ payment_id: order.event_id, amount: 1000, currency: 'RUB' })
      const [first] = await till.attempts(order)
      if (charge?.status === 'succeeded' && first?.completed_at === null) await till.press('approve', order)
      await till.assertBooks()
      assert.ok((await till.held(order)) <= 1000)

      const before = (await till.told(order)).length
      await till.say(till.notDue(order, 'refund'))
      await subscribe()
      const answers = namesOf((await till.told(order)).slice(before))
      assert.equal(answers.length, 1, 'every payment-cancellation-requested has one answer')
      assert.match(answers[0] ?? '', /^(failed|refunded)$/)
      assert.equal(await till.held(order), 0)
      await till.assertBooks()
      await till.pool.query('delete from platform.event')
    }),
    { numRuns: 60 },
  )
})
