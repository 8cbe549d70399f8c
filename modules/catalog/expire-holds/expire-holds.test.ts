import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { crowd } from '#platform/testing'
import { minutes, newId } from '#platform/values'
import { openTestShop, type TestShop } from '../testing.ts'

let shop: TestShop
let rose: string
before(async () => {
  shop = await openTestShop()
  rose = await shop.sellOne(500)
})
after(() => shop.close())

const reserved = async () =>
  (
    await shop.db
      .selectFrom('catalog.stock')
      .select('reserved')
      .where('variant_id', '=', rose)
      .executeTakeFirstOrThrow()
  ).reserved

/** As many orders that nobody pays, and half an hour. */
async function leaveUnpaid(orders: number): Promise<void> {
  const expires_at = new Date(shop.now().getTime() + minutes(30))
  const wants = [{ variant_id: rose, quantity: 1 }]
  await crowd(orders, () => shop.shop.hold({ order_id: newId(), wants, expires_at }))
  shop.pass(minutes(31))
}

const job = () => shop.module.jobs?.find(({ name }) => name === 'catalog.expire-holds')

test('the job frees what ran out and is done: a shop that closes does not wait for it (CAT-13, PLT-20)', async () => {
  await leaveUnpaid(3)
  assert.equal(await reserved(), 3)
  const late = new AbortController()
  const tooLate = sleep(5000, 'still at it', { signal: late.signal })
  assert.equal(await Promise.race([job()?.work({}, new AbortController().signal), tooLate]), undefined)
  late.abort()
  await tooLate.catch(() => {})
  assert.equal(await reserved(), 0)
})

test('asked to end, it ends after a hundred, and the next one goes on (PLT-20)', async () => {
  await leaveUnpaid(120)
  await job()?.work({}, AbortSignal.abort())
  assert.equal(await reserved(), 20)
  await job()?.work({}, new AbortController().signal)
  assert.equal(await reserved(), 0)
})
