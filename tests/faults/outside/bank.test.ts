import assert from 'node:assert/strict'
import { afterEach, test } from 'node:test'
import { sql } from 'kysely'
import { openOrderingTest, teaItems, type OrderingTest } from '../../../modules/ordering/testing.ts'
import { paymentCancellationRequested, paymentRequested } from '#ordering/events'
import { payLinksOf, payments, type Charge, type Provider } from '#payments'
import { consumeLog, deadMessages, type LogConsumer } from '#platform/events'
import type { Module } from '#platform/module'
import { watchTimeouts } from '#platform/saga'
import { quietLog as log } from '#platform/telemetry'
import { anna, eventually } from '#platform/testing'
import { minutes } from '#platform/values'
import { openBank, type Bank } from './bank.ts'

let shop: OrderingTest
let bank: Bank
let paymentsModule: Module<undefined>
let consumer: LogConsumer
let timeouts: ReturnType<typeof watchTimeouts>
let errors: unknown[]

type Opening = Readonly<{ provider?: (own: Provider) => Provider; paymentTimeout?: number }>

async function open(buyers: 'pay' | 'wait', { provider = (own) => own, ...rules }: Opening = {}): Promise<void> {
  shop = await openOrderingTest(rules)
  bank = await openBank({ buyers })
  errors = []
  const { db, pool, now } = shop
  paymentsModule = payments({
    db,
    now,
    payLinks: payLinksOf('a secret of payment links'),
    sandboxMode: 'page',
    providers: [provider(bank.provider)],
    paymentRequests: [paymentRequested],
    paymentCancellations: [paymentCancellationRequested],
    refundRequests: [],
  })
  const groups = [shop.module, paymentsModule].map(({ name, subscriptions = [] }) => ({ name, subscriptions }))
  consumer = consumeLog({ db, pool, groups, settings: { firstBackoff: 20, maxOutageBackoff: 200 }, log })
  const onError = (error: unknown) => void errors.push(error)
  timeouts = watchTimeouts({ db, sagas: shop.module.sagas ?? [], now, interval: 20, onError })
}

afterEach(async () => {
  await timeouts.stop()
  await consumer.stop()
  await bank.close()
  await shop.close()
})

const place = async (payment_method: 'online' | 'cash_on_delivery', count: number) =>
  await Promise.all(
    Array.from({ length: count }, async () => {
      const body = { delivery_method: 'pickup', items: teaItems(), payment_method }
      return (await shop.place(anna, body)).id
    }),
  )

/** Waits until every order has the status, and returns the orders. */
const allBecome = async (ids: readonly string[], status: string) =>
  await eventually(
    async () => {
      const orders = await Promise.all(ids.map((id) => shop.show(anna, id)))
      assert.deepEqual(new Set(orders.map((order) => order.status)), new Set([status]))
      return orders
    },
    { within: 30_000, every: 100 },
  )

/** Nothing is dead, no saga waits for an operator, and the books of payments hold. */
async function assertHealed(): Promise<void> {
  const dead = await deadMessages(shop.db)
  assert.deepEqual(dead.items, [])
  const { rows } = await sql`select key, state from platform.saga where status = 'needs_operator'`.execute(shop.db)
  assert.deepEqual(rows, [])
  for (const check of paymentsModule.checks ?? [])
    assert.deepEqual(await check.violations({ atRest: true }), [], check.name)
}

const sagasIn = async (state: string) =>
  (
    await sql<{ count: number }>`select count(*)::int as count from platform.saga where state = ${state}`.execute(
      shop.db,
    )
  ).rows[0]?.count

/** Waits until `count` messages have failed for two seconds. Failures that count use up the five attempts in half a second. */
async function outlastAttempts(count: number): Promise<void> {
  const failing = sql`
    select event_id from platform.parked
    where consumer_group = 'payments' and (state = 'dead' or next_at > first_failed_at + interval '2 seconds')`
  await eventually(async () => assert.equal((await failing.execute(shop.db)).rows.length, count))
  assert.deepEqual((await deadMessages(shop.db)).items, [])
}

for (const mood of ['away', 'hanging', 'silent'] as const) {
  test(`while the bank is ${mood}, orders for cash go on; after its return every order is paid once (F-1, F-8)`, async () => {
    await open('pay')
    bank.become(mood)
    const online = await place('online', 12)
    const cash = await place('cash_on_delivery', 12)
    await allBecome(cash, 'processing')
    await outlastAttempts(online.length)
    const later = await place('online', 4)
    bank.become('well')
    await allBecome([...online, ...later], 'paid')
    assert.equal(bank.book().length, 16, 'one charge for each order')
    await assertHealed()
  })
}

test('an outage that outlasts the time to pay ends each order with its reason, and the bank can charge none (F-1, ORD-5)', async () => {
  await open('wait', { paymentTimeout: minutes(3) })
  bank.become('away')
  const online = await place('online', 8)
  const cash = await place('cash_on_delivery', 4)
  await allBecome(cash, 'processing')
  for (let resends = 1; resends <= 3; resends++) {
    shop.advance(minutes(1.01))
    await eventually(async () => {
      const due = sql`select key from platform.saga where status = 'running' and timeout_at <= ${shop.now()}`
      assert.equal((await due.execute(shop.db)).rows.length, 0)
    })
  }
  assert.equal(await sagasIn('giving-up-payment'), 8)
  bank.become('well')
  const cancelled = await allBecome(online, 'cancelled')
  assert.deepEqual(new Set(cancelled.map(({ reason }) => reason)), new Set(['payment-timeout']))
  assert.ok(bank.book().every(({ status }) => status === 'cancelled'))
  await assertHealed()
})

test('orders that are cancelled while the bank is away are cancelled there after its return (F-1, F-8)', async () => {
  await open('pay')
  bank.become('silent')
  const online = await place('online', 6)
  await eventually(() => assert.ok(bank.calls() >= 5))
  for (const id of online) await shop.send(anna, `POST /orders/${id}/cancel`, { body: {} })
  bank.become('well')
  const cancelled = await allBecome(online, 'cancelled')
  assert.deepEqual(new Set(cancelled.map(({ reason }) => reason)), new Set(['customer']))
  const kept = bank.book().filter(({ status, amount, refunded }) => status === 'succeeded' && refunded < amount)
  assert.deepEqual(kept, [], 'the bank keeps no money of a cancelled order')
  await assertHealed()
})

test('a bank that reports another amount pays no order, and the dead message says what to compare (F-1, PAY-3)', async () => {
  const lie = (charge: Charge): Charge => ({ ...charge, amount: 1 })
  const liar = (own: Provider): Provider => ({
    ...own,
    start: async (input) => lie(await own.start(input)),
    query: async (key) => {
      const charge = await own.query(key)
      return charge && lie(charge)
    },
  })
  await open('pay', { provider: liar })
  const [id = ''] = await place('online', 1)
  const dead = await eventually(async () => {
    const [message] = (await deadMessages(shop.db)).items
    assert.ok(message)
    return message
  })
  assert.match(String(dead.error), /compare the two by hand/)
  assert.equal((await shop.show(anna, id)).status, 'created')
})
