import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { deliverEvents } from '#platform/testing'
import { ProviderUnavailable, type Provider } from '../index.ts'
import { sandbox } from '../providers/sandbox.ts'
import { namesOf, openTill, type Till } from '../testing.ts'

let till: Till
before(async () => {
  till = await openTill()
})
after(() => till.end())

test('an order that is due gets one payment, which waits for its buyer (PAY-8)', async () => {
  const order = await till.dueOrder()
  const [payment, ...more] = await till.attempts(order)
  assert.equal(payment?.id, order.event_id)
  assert.equal(payment?.status, 'pending')
  assert.deepEqual(more, [])
  const [started, ...others] = await till.told(order)
  assert.deepEqual(others, [])
  assert.equal(started?.type, 'payments.payment-started.v1')
  assert.equal(started?.data['payment_id'], order.event_id)
  assert.equal(started?.data['amount'], 125_000)
  await till.assertBooks()
})

test('with sandbox auto the payment completes by itself, told and booked once (PAY-3)', async () => {
  const order = till.order()
  await till.say(till.due(order))
  await till.deliver(till.wired('auto'))
  const [payment] = await till.attempts(order)
  assert.equal(payment?.status, 'completed')
  const told = await till.told(order)
  assert.deepEqual(namesOf(told), ['started', 'completed'])
  assert.equal(told[1]?.data['transaction_id'], `sandbox-${order.event_id}`)
  assert.equal(await till.held(order), 125_000)
  await till.assertBooks()
})

test('with sandbox decline the buyer is told at once and nothing is booked (PAY-3)', async () => {
  const order = till.order()
  await till.say(till.due(order))
  await till.deliver(till.wired('decline'))
  assert.equal((await till.attempts(order))[0]?.reason, 'declined')
  const told = await till.told(order)
  assert.deepEqual(namesOf(told), ['started', 'failed'])
  assert.equal(told[1]?.data['reason'], 'declined')
  assert.equal(await till.held(order), 0)
})

test('a payment-requested that comes again changes nothing, whether the inbox knows it or not (PAY-8)', async () => {
  const order = await till.dueOrder()
  await till.say(till.due(order))
  await till.forgetInbox()
  await till.deliver()
  await till.say(till.due({ ...order, event_id: till.order().event_id }))
  await till.deliver()
  assert.equal((await till.attempts(order)).length, 1)
  assert.deepEqual(namesOf(await till.told(order)), ['started'])
})

test('what was called off before it was due is never charged, and the bank refuses its id for ever (PAY-6)', async () => {
  const order = till.order()
  await till.say(till.notDue(order))
  await till.deliver()
  await till.say(till.due(order))
  await till.deliver(till.wired('auto'))
  assert.deepEqual(await till.attempts(order), [])
  assert.deepEqual(namesOf(await till.told(order)), ['failed'])
  const bank = sandbox({ db: till.db, mode: 'auto' })
  const key = { payment_id: order.event_id, amount: order.amount, currency: 'RUB' }
  assert.equal((await bank.start({ ...key, description: '', return_url: '' })).status, 'cancelled')
  const { rows } = await sql<{
    amount: number
  }>`select amount from payments.dues where subject_id = ${order.id}`.execute(till.db)
  assert.equal(rows[0]?.amount, 125_000, 'what was refused is recorded')
  assert.equal((await till.process(order)).json().code, 'not-due')
})

test('a bank that does not answer loses nothing: the event is heard again and one payment comes of it (REL-3)', async () => {
  const bank = sandbox({ db: till.db, mode: 'auto' })
  let silent = true
  const slow: Provider = {
    ...bank,
    start: async (input) => {
      const charge = await bank.start(input)
      if (silent) throw new ProviderUnavailable('sandbox')
      return charge
    },
  }
  const order = till.order()
  await till.say(till.due(order))
  await assert.rejects(till.deliver(till.wired('page', slow)), ProviderUnavailable)
  assert.deepEqual(await till.attempts(order), [])
  silent = false
  await till.deliver(till.wired('page', slow))
  assert.deepEqual(namesOf(await till.told(order)), ['started', 'completed'])
  assert.equal(await till.held(order), 125_000)
  await till.assertBooks()
})

test('a bank that speaks of another sum is not believed (PAY-3)', async () => {
  const bank = sandbox({ db: till.db, mode: 'auto' })
  const lying: Provider = { ...bank, start: async (input) => ({ ...(await bank.start(input)), amount: 1 }) }
  const order = till.order()
  await till.say(till.due(order))
  await assert.rejects(till.deliver(till.wired('page', lying)), { name: 'ChargeDiffers' })
  assert.deepEqual(await till.told(order), [])
  await till.deliver()
})

test('an order of nothing is paid as any other', async () => {
  const order = till.order(0)
  await till.say(till.due(order))
  await till.deliver(till.wired('auto'))
  await till.say(till.notDue(order))
  await till.deliver()
  assert.deepEqual(namesOf(await till.told(order)), ['started', 'completed', 'refunded'])
  await till.assertBooks()
})

test('payments started in one transaction keep each their own sum, and every kopeck is booked (PAY-3, PERF-2)', async () => {
  const orders = Array.from({ length: 12 }, (_, i) => till.order(1000 + i))
  await till.say(...orders.map((order) => till.due(order)))
  await deliverEvents(till.db, [till.wired('auto')], { together: true })
  for (const order of orders) {
    const [payment, ...more] = await till.attempts(order)
    assert.deepEqual(
      [payment?.id, payment?.status, payment?.amount, payment?.transaction_id, more.length],
      [order.event_id, 'completed', order.amount, `sandbox-${order.event_id}`, 0],
    )
    assert.deepEqual(namesOf(await till.told(order)), ['started', 'completed'])
    assert.equal(await till.held(order), order.amount)
  }
  await till.assertBooks()
})
