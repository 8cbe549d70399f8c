import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { deliverEvents, expectProblem, statementsOf, runJob } from '#platform/testing'
import { ProviderUnavailable, type Provider, type SandboxMode } from '../index.ts'
import { sandbox } from '../providers/sandbox.ts'
import { namesOf, openPaymentsTest, type PaymentsTest } from '../testing.ts'

let shop: PaymentsTest
before(async () => {
  shop = await openPaymentsTest()
})
after(() => shop.close())

test('a requested payment starts once and waits for the buyer (PAY-8)', async () => {
  const order = await shop.startedOrder()
  const [payment, ...more] = await shop.paymentsOf(order)
  assert.equal(payment?.id, order.event_id)
  assert.equal(payment?.status, 'pending')
  assert.deepEqual(more, [])
  const [started, ...others] = await shop.eventsOf(order)
  assert.deepEqual(others, [])
  assert.equal(started?.type, 'payments.payment-started.v1')
  assert.equal(started?.data['payment_id'], order.event_id)
  assert.equal(started?.data['amount'], 125_000)
  await shop.assertNoViolations()
})

test('with sandbox auto the payment completes by itself and is booked once (PAY-3)', async () => {
  const order = shop.newOrder()
  await shop.publish(shop.requested(order))
  await shop.deliver(shop.moduleWith({ mode: 'auto' }))
  const [payment] = await shop.paymentsOf(order)
  assert.equal(payment?.status, 'completed')
  const events = await shop.eventsOf(order)
  assert.deepEqual(namesOf(events), ['started', 'completed'])
  assert.equal(events[1]?.data['transaction_id'], `sandbox-${order.event_id}`)
  assert.equal(await shop.heldFor(order), 125_000)
  await shop.assertNoViolations()
})

test('an order that costs nothing is paid at once without the bank, and its cancellation refunds it (PAY-3, PAY-5)', async () => {
  const order = await shop.startedOrder(0)
  const [payment] = await shop.paymentsOf(order)
  assert.deepEqual([payment?.status, payment?.provider], ['completed', 'free'])
  assert.deepEqual(namesOf(await shop.eventsOf(order)), ['started', 'completed'])
  const { rows } = await sql`select from payments.sandbox_charges where payment_id = ${order.event_id}`.execute(shop.db)
  assert.equal(rows.length, 0)
  await shop.publish(shop.cancellationRequested(order))
  await shop.deliver()
  assert.deepEqual(namesOf(await shop.eventsOf(order)), ['started', 'completed', 'refunded'])
  const cash = await shop.startedOrder(0, 'cash_on_delivery')
  assert.equal((await shop.paymentsOf(cash))[0]?.status, 'pending')
  await shop.assertNoViolations()
})

test('with sandbox decline the payment fails at once and nothing is booked (PAY-3)', async () => {
  const order = shop.newOrder()
  await shop.publish(shop.requested(order))
  await shop.deliver(shop.moduleWith({ mode: 'decline' }))
  assert.equal((await shop.paymentsOf(order))[0]?.reason, 'declined')
  const events = await shop.eventsOf(order)
  assert.deepEqual(namesOf(events), ['started', 'failed'])
  assert.equal(events[1]?.data['reason'], 'declined')
  assert.equal(await shop.heldFor(order), 0)
})

test('a payment-requested that comes again changes nothing, with and without the inbox (PAY-8)', async () => {
  const order = await shop.startedOrder()
  await shop.publish(shop.requested(order))
  await shop.emptyInbox()
  await shop.deliver()
  await shop.publish(shop.requested({ ...order, event_id: shop.newOrder().event_id }))
  await shop.deliver()
  assert.equal((await shop.paymentsOf(order)).length, 1)
  assert.deepEqual(namesOf(await shop.eventsOf(order)), ['started'])
})

test('a payment that was cancelled before it was requested is never given to the bank (F-8, PAY-6)', async () => {
  const order = shop.newOrder()
  await shop.publish(shop.cancellationRequested(order))
  await shop.deliver()
  await shop.publish(shop.requested(order))
  await shop.deliver(shop.moduleWith({ mode: 'auto' }))
  assert.deepEqual(await shop.paymentsOf(order), [])
  assert.deepEqual(namesOf(await shop.eventsOf(order)), ['failed'])
  const bank = sandbox({ db: shop.db, mode: 'auto' })
  const key = { payment_id: order.event_id, amount: order.amount, currency: 'RUB' }
  assert.equal(await bank.query(key), undefined)
  const { rows } = await sql<{
    amount: number
  }>`select amount from payments.payment_requests where subject_id = ${order.id}`.execute(shop.db)
  assert.equal(rows[0]?.amount, 125_000, 'the request is recorded')
  expectProblem(await shop.process(order), 409, 'not-payable')
})

/** The bank of `shop` whose answer to `start` is lost while `silent` is true. */
function bankWithLostAnswers(mode: SandboxMode) {
  const bank = sandbox({ db: shop.db, mode })
  const state = { silent: true, starts: 0 }
  const provider: Provider = {
    ...bank,
    start: async (input) => {
      state.starts++
      const charge = await bank.start(input)
      if (state.silent) throw new ProviderUnavailable('sandbox')
      return charge
    },
  }
  return { bank, state, module: shop.moduleWith({ provider }) }
}

test('the payment is saved before the bank gets it, and a lost answer is queried, not started again (F-8, REL-3)', async () => {
  const { state, module } = bankWithLostAnswers('auto')
  const order = shop.newOrder()
  await shop.publish(shop.requested(order))
  await assert.rejects(shop.deliver(module), ProviderUnavailable)
  const [payment] = await shop.paymentsOf(order)
  assert.deepEqual([payment?.id, payment?.status, payment?.started_at], [order.event_id, 'pending', null])
  state.silent = false
  await shop.deliver(module)
  assert.equal(state.starts, 1)
  assert.deepEqual(namesOf(await shop.eventsOf(order)), ['started', 'completed'])
  assert.equal(await shop.heldFor(order), 125_000)
  await shop.assertNoViolations()
})

test('a payment whose answer was lost and that the buyer declines is started before it fails (F-8)', async () => {
  const { bank, module } = bankWithLostAnswers('page')
  const order = shop.newOrder()
  await shop.publish(shop.requested(order))
  await assert.rejects(shop.deliver(module), ProviderUnavailable)
  await bank.decide(order.event_id, 'declined')
  await sql`update payments.payments set created_at = now() - interval '2 minutes' where id = ${order.event_id}`.execute(
    shop.db,
  )
  await runJob(shop.module, 'payments.refresh-open-payments')
  assert.deepEqual(namesOf(await shop.eventsOf(order)), ['started', 'failed'])
  await shop.skipEvent(order)
  await shop.assertNoViolations()
})

test('when the answer was lost and the order is then cancelled, the charge can be paid no more (F-8)', async () => {
  const { bank, module } = bankWithLostAnswers('page')
  const order = shop.newOrder()
  await shop.publish(shop.requested(order))
  await assert.rejects(shop.deliver(module), ProviderUnavailable)
  await shop.skipEvent(order)
  await shop.publish(shop.cancellationRequested(order))
  await shop.deliver()
  await bank.decide(order.event_id, 'succeeded')
  const key = { payment_id: order.event_id, amount: order.amount, currency: 'RUB' }
  assert.equal((await bank.query(key))?.status, 'cancelled')
  assert.deepEqual(namesOf(await shop.eventsOf(order)), ['failed'])
  await shop.assertNoViolations()
})

test('when the answer was lost and the buyer paid, the cancellation refunds the money (F-8)', async () => {
  const { module } = bankWithLostAnswers('auto')
  const order = shop.newOrder()
  await shop.publish(shop.requested(order))
  await assert.rejects(shop.deliver(module), ProviderUnavailable)
  await shop.skipEvent(order)
  await shop.publish(shop.cancellationRequested(order))
  await shop.deliver()
  assert.deepEqual(namesOf(await shop.eventsOf(order)), ['refunded'])
  assert.equal(await shop.heldFor(order), 0)
  await shop.assertNoViolations()
})

test('two processes that start one payment at once start it once (F-8, REL-5)', async () => {
  const order = shop.newOrder()
  await shop.publish(shop.requested(order))
  const slow = Promise.withResolvers<void>()
  const bank = sandbox({ db: shop.db, mode: 'auto' })
  let calls = 0
  const provider: Provider = {
    ...bank,
    start: async (input) => {
      if (++calls === 2) slow.resolve()
      await slow.promise
      return await bank.start(input)
    },
  }
  const processes = [shop.moduleWith({ provider }), shop.moduleWith({ provider })]
  await Promise.all(processes.map((module) => shop.deliver(module)))
  assert.equal((await shop.paymentsOf(order)).length, 1)
  assert.deepEqual(namesOf(await shop.eventsOf(order)), ['started', 'completed'])
  await shop.assertNoViolations()
})

test('a charge of another amount completes nothing (PAY-3)', async () => {
  const bank = sandbox({ db: shop.db, mode: 'auto' })
  const wrong: Provider = { ...bank, start: async (input) => ({ ...(await bank.start(input)), amount: 1 }) }
  const order = shop.newOrder()
  await shop.publish(shop.requested(order))
  await assert.rejects(shop.deliver(shop.moduleWith({ provider: wrong })), { name: 'ChargeDiffers' })
  assert.deepEqual(await shop.eventsOf(order), [])
  await shop.deliver()
})

test('an order with the amount 0 is paid and refunded like any other', async () => {
  const order = shop.newOrder(0)
  await shop.publish(shop.requested(order))
  await shop.deliver(shop.moduleWith({ mode: 'auto' }))
  await shop.publish(shop.cancellationRequested(order))
  await shop.deliver()
  assert.deepEqual(namesOf(await shop.eventsOf(order)), ['started', 'completed', 'refunded'])
  await shop.assertNoViolations()
})

test('twelve payments that start in one transaction take three statements, and every kopeck is booked (PAY-3, PERF-2)', async () => {
  const orders = Array.from({ length: 12 }, (_, i) => shop.newOrder(1000 + i))
  await shop.publish(...orders.map((order) => shop.requested(order)))
  const statements = await statementsOf(async () => {
    await deliverEvents(shop.db, [shop.moduleWith({ mode: 'auto' })], { together: true })
  })
  const own = statements.map(({ text }) => text.trim()).filter((text) => text.includes('payments.'))
  const steps = [/insert into payments.payment_requests/, /insert into payments.sandbox_charges/, /^with change/]
  assert.equal(own.length, steps.length, own.join(';\n'))
  for (const [i, text] of own.entries()) assert.match(text, steps[i] ?? /^$/)
  for (const order of orders) {
    const [payment, ...more] = await shop.paymentsOf(order)
    assert.deepEqual(
      [payment?.id, payment?.status, payment?.amount, payment?.transaction_id, more.length],
      [order.event_id, 'completed', order.amount, `sandbox-${order.event_id}`, 0],
    )
    assert.deepEqual(namesOf(await shop.eventsOf(order)), ['started', 'completed'])
    assert.equal(await shop.heldFor(order), order.amount)
  }
  await shop.assertNoViolations()
})
