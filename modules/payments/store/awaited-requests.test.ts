import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { crowd } from '#platform/testing'
import { newId } from '#platform/values'
import { openPaymentsTest, type PaymentsTest } from '../testing.ts'
import { awaitPaymentRequest } from './awaited-requests.ts'

let shop: PaymentsTest
before(async () => {
  shop = await openPaymentsTest()
})
after(() => shop.close())

/** Counts the statements that `work` sends to the database. */
async function statementsDuring(work: () => Promise<unknown>): Promise<number> {
  let count = 0
  const counting = () => count++
  shop.pool.on('acquire', counting)
  await work().finally(() => shop.pool.off('acquire', counting))
  return count
}

const open = (now: () => Date = () => new Date()) => awaitPaymentRequest({ db: shop.db, now })
/** The id of an order that is placed `milliseconds` from now. */
const idIn = (milliseconds: number) => {
  const time = (new Date().getTime() + milliseconds).toString(16).padStart(12, '0')
  return `${time.slice(0, 8)}-${time.slice(8)}-7${newId().slice(15)}`
}

test('three hundred ids of orders that do not exist wait together, with one read in twenty milliseconds (F-39)', async () => {
  const wait = open()
  const started = performance.now()
  const statements = await statementsDuring(async () => await crowd(300, (i) => wait(newId(), `visitor ${i % 100}`)))
  const seconds = (performance.now() - started) / 1000
  assert.ok(seconds < 5, `the wait ended after ${seconds} s`)
  assert.ok(statements < 150, `${statements} statements`)
})

test('a visitor waits with five ids, and not with a sixth (F-39)', async () => {
  const wait = open()
  const started = performance.now()
  const waiting = crowd(5, () => wait(newId(), 'anna'))
  await wait(newId(), 'anna')
  assert.ok(performance.now() - started < 1500)
  await waiting
})

test('an id of the future or of the past waits for nothing and costs no query (F-39)', async () => {
  const wait = open()
  const statements = await statementsDuring(async () => {
    for (const id of [idIn(5000), idIn(3_600_000), idIn(-60_000)]) await wait(id, 'anna')
  })
  assert.equal(statements, 0)
})

test('the wait ends as soon as the payment is requested (F-39)', async () => {
  const wait = open()
  const orders = Array.from({ length: 20 }, () => ({ ...shop.newOrder(), id: newId() }))
  const waiting = Promise.all(orders.map(({ id }) => wait(id, id)))
  const started = performance.now()
  await shop.publish(...orders.map((order) => shop.requested(order)))
  await shop.deliver()
  await waiting
  assert.ok(performance.now() - started < 2000)
})
