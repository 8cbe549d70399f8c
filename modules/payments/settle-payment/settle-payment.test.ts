import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { crowd } from '#platform/testing'
import { newId } from '#platform/values'
import type { Provider } from '../index.ts'
import { providersOf } from '../provider.ts'
import { cash } from '../providers/cash.ts'
import { sandbox, type Sandbox } from '../providers/sandbox.ts'
import { namesOf, openTill, type Order, type Till } from '../testing.ts'
import { settlePayment } from './settle-payment.ts'

let till: Till
let bank: Sandbox
before(async () => {
  till = await openTill()
  bank = sandbox({ db: till.db, mode: 'page' })
})
after(() => till.end())

const settleWith = (online: Provider) =>
  settlePayment({ db: till.db, now: () => new Date(), providers: providersOf({ online, cash_on_delivery: cash }) })
/** A bank that says it cancelled and did not. */
const lyingBank = (): Provider => ({
  ...bank,
  cancel: async ({ amount, currency }) => ({ status: 'cancelled', amount, currency, confirmation_url: null }),
})

test('whoever says that a payment is complete is not believed: the bank is asked (PAY-3)', async () => {
  const order = await till.dueOrder()
  assert.deepEqual(await settleWith(bank)(order.event_id), { kind: 'unchanged' })
  assert.deepEqual(await settleWith(bank)(newId()), { kind: 'refused', reason: 'not-found' })
  assert.deepEqual(namesOf(await till.told(order)), ['started'])
})

test('another sum or another currency completes nothing (PAY-3)', async () => {
  const order = await till.dueOrder()
  await bank.buyerSays(order.event_id, 'succeeded')
  for (const lie of [{ amount: 1 }, { currency: 'USD' }]) {
    const liar: Provider = {
      ...bank,
      query: async (key) => {
        const charge = await bank.query(key)
        return charge && { ...charge, ...lie }
      },
    }
    assert.deepEqual(await settleWith(liar)(order.event_id), { kind: 'refused', reason: 'charge-differs' })
  }
  assert.equal(await till.held(order), 0)
  await settleWith(bank)(order.event_id)
})

test('twenty notifications of one success complete it once (REL-5)', async () => {
  const order = await till.dueOrder()
  await bank.buyerSays(order.event_id, 'succeeded')
  const settled = await crowd(20, () => settleWith(bank)(order.event_id))
  assert.ok(settled.every(({ status }) => status === 'fulfilled'))
  assert.deepEqual(namesOf(await till.told(order)), ['started', 'completed'])
  assert.equal(await till.held(order), 125_000)
  await till.assertBooks()
})

test('money that comes after we had given up counts, is told, and goes back when asked for (ORD-5)', async () => {
  const order = await till.dueOrder()
  await till.say(till.notDue(order))
  await till.deliver(till.wired('page', lyingBank()))
  assert.deepEqual(namesOf(await till.told(order)), ['started', 'failed'])
  await bank.buyerSays(order.event_id, 'succeeded')
  await settleWith(bank)(order.event_id)
  assert.deepEqual(namesOf(await till.told(order)), ['started', 'failed', 'completed'])
  await till.say(till.notDue(order))
  await till.deliver()
  assert.deepEqual(namesOf(await till.told(order)), ['started', 'failed', 'completed', 'refunded'])
  assert.equal(await till.held(order), 0)
  await till.assertBooks()
})

test('a second success for one order is never kept: it goes back by itself with lines of its own (PAY-2)', async () => {
  const order = await till.dueOrder()
  const declining: Provider = {
    ...bank,
    query: async (key) => {
      const charge = await bank.query(key)
      return charge && { ...charge, status: 'declined' }
    },
  }
  await settleWith(declining)(order.event_id)
  const second = (await till.process(order)).json<{ id: string }>()
  await till.press('approve', order)
  await bank.buyerSays(order.event_id, 'succeeded')
  await settleWith(bank)(order.event_id)
  await till.runJob('payments.finish-refunds')

  const attempts = new Map((await till.attempts(order)).map((attempt) => [attempt.id, attempt]))
  assert.equal(attempts.get(second.id)?.status, 'completed')
  assert.equal(attempts.get(order.event_id)?.status, 'refunded')
  assert.equal(attempts.get(order.event_id)?.surplus, true)
  assert.equal(await till.held(order), 125_000)
  assert.deepEqual(namesOf(await till.told(order)), ['started', 'failed', 'started', 'completed'])
  await till.assertBooks()
})

test('a success nobody told us of is found by reading again what has long been open', async () => {
  const orders: Order[] = [await till.dueOrder(), await till.dueOrder()]
  for (const { event_id } of orders) await bank.buyerSays(event_id, 'succeeded')
  await till.pool.query(`update payments.payments set created_at = now() - interval '2 minutes' where id = $1`, [
    orders[0]?.event_id,
  ])
  await till.runJob('payments.reread-open')
  assert.deepEqual(namesOf(await till.told(orders[0] as Order)), ['started', 'completed'])
  assert.deepEqual(namesOf(await till.told(orders[1] as Order)), ['started'])
  await settleWith(bank)(orders[1]?.event_id ?? '')
})
