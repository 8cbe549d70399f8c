import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { crowd, eventually, expectResponse, olga, runJob } from '#platform/testing'
import { newId } from '#platform/values'
import type { Provider } from '../index.ts'
import { providersOf } from '../provider.ts'
import { sandbox, type Sandbox } from '../providers/sandbox.ts'
import { namesOf, openPaymentsTest, type Order, type PaymentsTest } from '../testing.ts'
import { free } from '../providers/free.ts'
import { settlePayment } from './settle-payment.ts'

let shop: PaymentsTest
let bank: Sandbox
before(async () => {
  shop = await openPaymentsTest()
  bank = sandbox({ db: shop.db, mode: 'page' })
})
after(() => shop.close())

const settleWith = (provider: Provider) =>
  settlePayment({ db: shop.db, now: () => new Date(), providers: providersOf([provider], free) })

test('a payment completes only when the bank says so (PAY-3)', async () => {
  const order = await shop.startedOrder()
  assert.deepEqual(await settleWith(bank)(order.event_id), { kind: 'unchanged' })
  assert.deepEqual(await settleWith(bank)(newId()), { kind: 'not-found', what: 'payment' })
  assert.deepEqual(namesOf(await shop.eventsOf(order)), ['started'])
})

test('a charge of another amount or another currency completes nothing (PAY-3)', async () => {
  const order = await shop.startedOrder()
  await bank.decide(order.event_id, 'succeeded')
  for (const difference of [{ amount: 1 }, { currency: 'USD' }]) {
    const wrong: Provider = {
      ...bank,
      query: async (key) => {
        const charge = await bank.query(key)
        return charge && { ...charge, ...difference }
      },
    }
    assert.deepEqual(await settleWith(wrong)(order.event_id), { kind: 'refused', reason: 'charge-differs' })
  }
  assert.equal(await shop.heldFor(order), 0)
  await settleWith(bank)(order.event_id)
})

test('twenty notices of one success complete the payment once (REL-5)', async () => {
  const order = await shop.startedOrder()
  await bank.decide(order.event_id, 'succeeded')
  const settled = await crowd(20, () => settleWith(bank)(order.event_id))
  assert.ok(settled.every(({ status }) => status === 'fulfilled'))
  assert.deepEqual(namesOf(await shop.eventsOf(order)), ['started', 'completed'])
  assert.equal(await shop.heldFor(order), 125_000)
  await shop.assertNoViolations()
})

test('a success after the cancellation is published, and refunded when the order asks again (ORD-5)', async () => {
  const order = await shop.startedOrder()
  const lyingBank: Provider = {
    ...bank,
    cancel: async ({ amount, currency }) => ({ status: 'cancelled', amount, currency, confirmation_url: null }),
  }
  await shop.publish(shop.cancellationRequested(order))
  await shop.deliver(shop.moduleWith({ provider: lyingBank }))
  assert.deepEqual(namesOf(await shop.eventsOf(order)), ['started', 'failed'])
  await bank.decide(order.event_id, 'succeeded')
  await settleWith(bank)(order.event_id)
  assert.deepEqual(namesOf(await shop.eventsOf(order)), ['started', 'failed', 'completed'])
  await shop.publish(shop.cancellationRequested(order))
  await shop.deliver()
  assert.deepEqual(namesOf(await shop.eventsOf(order)), ['started', 'failed', 'completed', 'refunded'])
  assert.equal(await shop.heldFor(order), 0)
  await shop.assertNoViolations()
})

test('a second success for one order is refunded automatically, with bookings of its own (PAY-2)', async () => {
  const order = await shop.startedOrder()
  const declining: Provider = {
    ...bank,
    query: async (key) => {
      const charge = await bank.query(key)
      return charge && { ...charge, status: 'declined' }
    },
  }
  await settleWith(declining)(order.event_id)
  const second = await shop.processed(order)
  await shop.press('approve', order)
  await bank.decide(order.event_id, 'succeeded')
  await settleWith(bank)(order.event_id)
  await runJob(shop.module, 'payments.finish-refunds')

  const payments = new Map((await shop.paymentsOf(order)).map((payment) => [payment.id, payment]))
  assert.equal(payments.get(second.id)?.status, 'completed')
  assert.equal(payments.get(order.event_id)?.status, 'refunded')
  assert.equal(payments.get(order.event_id)?.surplus, true)
  assert.equal(await shop.heldFor(order), 125_000)
  assert.deepEqual(namesOf(await shop.eventsOf(order)), ['started', 'failed', 'started', 'completed'])
  await shop.assertNoViolations()
})

test('staff refund a second success whose refund the bank refused, and the order stays paid (PAY-2, PAY-5)', async () => {
  const order = await shop.startedOrder()
  await shop.press('decline', order)
  const second = await shop.processed(order)
  for (const id of [order.event_id, second.id]) {
    await shop.pool.query(`update payments.sandbox_charges set status = 'succeeded' where payment_id = $1`, [id])
    await settleWith(bank)(id)
  }
  const refusing = shop.moduleWith({ provider: { ...bank, refund: async () => 'refused' as const } })
  await assert.rejects(runJob(refusing, 'payments.finish-refunds'), /could not be finished/)
  const surplus = (await shop.paymentsOf(order)).find((payment) => payment.surplus)
  const path = `POST /admin/payments/${surplus?.id}/refund` as const
  expectResponse(await shop.api.send(olga, path, { body: { reason: 'paid twice' } }), 201)
  assert.equal(await shop.heldFor(order), 125_000)
  assert.ok(!namesOf(await shop.eventsOf(order)).includes('refunded'))
  await shop.assertNoViolations()
})

test('of two payments of one order that succeed at the same moment, one is refunded (PAY-2, REL-5)', async () => {
  const order = await shop.startedOrder()
  await shop.press('decline', order)
  const second = await shop.processed(order)
  await shop.pool.query(`update payments.sandbox_charges set status = 'succeeded' where payment_id = any($1)`, [
    [order.event_id, second.id],
  ])
  const lock = await shop.pool.connect()
  await lock.query('begin')
  await lock.query('select from payments.payment_requests where subject_id = $1 for update', [order.id])
  const settled = crowd(2, (i) => settleWith(bank)(i === 0 ? order.event_id : second.id))
  await eventually(async () => {
    const { rowCount } = await shop.pool.query(`
      select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`)
    assert.equal(rowCount, 2)
  })
  await lock.query('commit')
  lock.release()
  assert.deepEqual(
    (await settled).map((one) => (one.status === 'fulfilled' ? one.value.kind : one.reason)),
    ['settled', 'settled'],
  )
  await runJob(shop.module, 'payments.finish-refunds')
  assert.equal((await shop.paymentsOf(order)).filter(({ surplus }) => surplus).length, 1)
  assert.equal(await shop.heldFor(order), 125_000)
  await shop.assertNoViolations()
})

test('an attempt that is still open when another one brought the money is cancelled at the bank (PAY-2)', async () => {
  const order = await shop.startedOrder()
  await shop.press('decline', order)
  const second = await shop.processed(order)
  assert.deepEqual(await settleWith(bank)(second.id), { kind: 'unchanged' })
  await shop.pool.query(`update payments.sandbox_charges set status = 'succeeded' where payment_id = $1`, [
    order.event_id,
  ])
  assert.deepEqual(await settleWith(bank)(order.event_id), { kind: 'settled' })
  const before = namesOf(await shop.eventsOf(order))

  assert.deepEqual(await settleWith(bank)(second.id), { kind: 'settled' })
  const { amount } = order
  assert.equal((await bank.query({ payment_id: second.id, amount, currency: 'RUB' }))?.status, 'cancelled')
  assert.deepEqual(
    (await shop.paymentsOf(order)).map(({ status }) => status),
    ['completed', 'failed'],
  )
  assert.deepEqual(namesOf(await shop.eventsOf(order)), before)
  assert.deepEqual(await settleWith(bank)(second.id), { kind: 'unchanged' })
  await shop.assertNoViolations()
})

test('the job finds a success without a notice when the payment has been open for a minute', async () => {
  const orders: Order[] = [await shop.startedOrder(), await shop.startedOrder()]
  for (const { event_id } of orders) await bank.decide(event_id, 'succeeded')
  await shop.pool.query(`update payments.payments set created_at = now() - interval '2 minutes' where id = $1`, [
    orders[0]?.event_id,
  ])
  await runJob(shop.module, 'payments.refresh-open-payments')
  assert.deepEqual(namesOf(await shop.eventsOf(orders[0] as Order)), ['started', 'completed'])
  assert.deepEqual(namesOf(await shop.eventsOf(orders[1] as Order)), ['started'])
  await settleWith(bank)(orders[1]?.event_id ?? '')
})

test('the job reports a charge of another amount, and still reads the other payments (PAY-3)', async () => {
  const [wrong, right] = [await shop.startedOrder(), await shop.startedOrder()]
  for (const { event_id } of [wrong, right]) await bank.decide(event_id, 'succeeded')
  await shop.pool.query(`update payments.payments set created_at = now() - interval '2 minutes' where id = any($1)`, [
    [wrong.event_id, right.event_id],
  ])
  await shop.pool.query('update payments.sandbox_charges set amount = 1 where payment_id = $1', [wrong.event_id])
  await assert.rejects(runJob(shop.module, 'payments.refresh-open-payments'), (error: AggregateError) => {
    assert.deepEqual(
      error.errors.map(({ message }: Error) => message),
      [`The payment ${wrong.event_id} is refused (charge-differs): compare it with the charge at its provider by hand`],
    )
    return true
  })
  assert.deepEqual(namesOf(await shop.eventsOf(wrong)), ['started'])
  assert.deepEqual(namesOf(await shop.eventsOf(right)), ['started', 'completed'])
})
