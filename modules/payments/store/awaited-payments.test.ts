import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { crowd, statementsOf } from '#platform/testing'
import { newId } from '#platform/values'
import type { Provider } from '../index.ts'
import { sandbox } from '../providers/sandbox.ts'
import { openPaymentsTest, type PaymentsTest } from '../testing.ts'
import { awaitedPayments } from './awaited-payments.ts'

let shop: PaymentsTest
before(async () => {
  shop = await openPaymentsTest()
})
after(() => shop.close())

const open = (db = shop.db) => awaitedPayments({ db, now: () => new Date() })
/** A buyer at an address that is not counted. */
const buyer = (key: string, client_address = '127.0.0.1') => ({ key, client_address })
const paymentsOf = (found: Awaited<ReturnType<ReturnType<typeof open>['find']>>) =>
  found && 'payments' in found ? found.payments : []
const notReady = { kind: 'refused', reason: 'payment-not-ready', retry_after: 1 }
const readsOf = async (work: () => Promise<void>) =>
  (await statementsOf(work)).filter(({ text }) => text.includes('payments.payment_requests')).length
/** The id of an order that is placed `milliseconds` from now. */
const idIn = (milliseconds: number) => {
  const time = (new Date().getTime() + milliseconds).toString(16).padStart(12, '0')
  return `${time.slice(0, 8)}-${time.slice(8)}-7${newId().slice(15)}`
}

test('three hundred ids of orders that do not exist wait together and share their reads (F-39)', async () => {
  const awaited = open()
  const started = performance.now()
  const reads = await readsOf(
    async () => void (await crowd(300, (i) => awaited.find(newId(), buyer(`visitor ${i % 100}`)))),
  )
  const seconds = (performance.now() - started) / 1000
  assert.ok(seconds < 5, `the wait ended after ${seconds} s`)
  assert.ok(reads < 100, `${reads} reads`)
})

test('a visitor waits with five ids; a sixth is refused at once, unless its payment has started (F-39, PAY-2)', async () => {
  const awaited = open()
  const order = { ...shop.newOrder(), id: newId() }
  await shop.publish(shop.requested(order))
  await shop.deliver()
  const started = performance.now()
  const waiting = crowd(5, () => awaited.find(newId(), buyer('anna')))
  assert.deepEqual(await awaited.find(newId(), buyer('anna')), notReady)
  assert.equal(paymentsOf(await awaited.find(order.id, buyer('anna'))).length, 1)
  assert.ok(performance.now() - started < 1500)
  await waiting
})

test('many accounts of one address wait with twenty ids, and each of them finds a new payment elsewhere (F-39, PAY-2)', async () => {
  const awaited = open()
  const visitors = Array.from({ length: 1100 }, (_, i) =>
    buyer(`visitor ${i % 100}`, `2001:db8:1:2::${i.toString(16)}`),
  )
  const flood = Promise.all(visitors.map((visitor) => awaited.find(newId(), visitor)))
  const elsewhere = awaited.find(newId(), buyer('visitor 98', '203.0.113.7'))
  const order = { ...shop.newOrder(), id: newId() }
  const honest = awaited.find(order.id, buyer('visitor 99', '203.0.113.7'))
  await shop.publish(shop.requested(order))
  await shop.deliver()
  awaited.wake(order.id)
  assert.equal(paymentsOf(await honest).length, 1)
  assert.equal(await elsewhere, undefined, 'a refused wait takes no slot of the buyer')
  const answers = await flood
  assert.equal(answers.filter((answer) => answer === undefined).length, 20)
  assert.equal(answers.filter((answer) => answer && 'reason' in answer).length, 1080)
})

test('buyers behind a proxy that the shop does not know are not counted as one address (F-39)', async () => {
  const awaited = open()
  const answers = await crowd(60, (i) => awaited.find(newId(), buyer(`buyer ${i}`, '10.0.0.2')))
  for (const answer of answers) assert.deepEqual(answer, { status: 'fulfilled', value: undefined })
})

test('an id of the future or of the past waits for nothing and is read once (F-39)', async () => {
  const awaited = open()
  const ids = [idIn(5000), idIn(3_600_000), idIn(-60_000)]
  const reads = await readsOf(async () => {
    for (const id of ids) assert.equal(await awaited.find(id, buyer('anna')), undefined)
  })
  assert.equal(reads, ids.length)
})

/** A database that counts its statements and reports when the first one is answered; `held` keeps that answer back. */
function watched(held?: Promise<void>) {
  const first = Promise.withResolvers<void>()
  const state = { statements: 0, first: first.promise }
  const db = shop.db.withPlugin({
    transformQuery: ({ node }) => (state.statements++, node),
    transformResult: async ({ result }) => {
      first.resolve()
      await held
      return result
    },
  })
  return { db, state }
}

const newOrders = () => Array.from({ length: 20 }, () => ({ ...shop.newOrder(), id: newId() }))

test('twenty buyers wait without a read for a payment that this process starts, and share one read after it (F-39, PERF-2)', async (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] })
  const { db, state } = watched()
  const awaited = open(db)
  const orders = newOrders()
  const waiting = Promise.all(orders.map(({ id }) => awaited.find(id, buyer(id))))
  await state.first
  await shop.publish(...orders.map((order) => shop.requested(order)))
  await shop.deliver()
  assert.equal(state.statements, 1)
  for (const { id } of orders) awaited.wake(id.toUpperCase())
  const found = await waiting
  assert.deepEqual(
    found.map((subject) => paymentsOf(subject).map(({ id, started_at }) => [id, started_at instanceof Date])),
    orders.map(({ event_id }) => [[event_id, true]]),
  )
  assert.equal(state.statements, 2)
})

test('a payment that starts while it is looked up is found at once (F-39, PAY-2)', async (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] })
  const held = Promise.withResolvers<void>()
  const { db, state } = watched(held.promise)
  const awaited = open(db)
  const order = { ...shop.newOrder(), id: newId() }
  const waiting = awaited.find(order.id, buyer(order.id))
  await state.first
  await shop.publish(shop.requested(order))
  await shop.deliver()
  awaited.wake(order.id)
  held.resolve()
  assert.equal(paymentsOf(await waiting).length, 1)
})

test('a payment that another process starts ends the wait by the slow read (F-39)', async () => {
  const awaited = open()
  const orders = newOrders()
  const waiting = Promise.all(orders.map(({ id }) => awaited.find(id, buyer(id))))
  await shop.publish(...orders.map((order) => shop.requested(order)))
  await shop.deliver()
  for (const subject of await waiting) assert.equal(paymentsOf(subject).length, 1)
})

test('a buyer waits until the provider has answered for the payment, and not only until it is saved (PAY-3)', async (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] })
  const { db, state } = watched()
  const awaited = open(db)
  const order = { ...shop.newOrder(), id: newId() }
  const slow = Promise.withResolvers<void>()
  const saved = Promise.withResolvers<void>()
  const bank = sandbox({ db: shop.db, mode: 'auto' })
  const provider: Provider = {
    ...bank,
    start: async (input) => {
      saved.resolve()
      await slow.promise
      return await bank.start(input)
    },
  }
  await shop.publish(shop.requested(order))
  const delivering = shop.deliver(shop.moduleWith({ provider }))
  await saved.promise
  const waiting = awaited.find(order.id, buyer(order.id))
  await state.first
  slow.resolve()
  await delivering
  awaited.wake(order.id)
  assert.equal(paymentsOf(await waiting)[0]?.status, 'completed')
  assert.equal(state.statements, 2)
})
