import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { anna, boris, crowd, customer, guest } from '#platform/testing'
import { hours, after as later, systemClock } from '#platform/values'
import { openCartTest, type CartTest } from '../testing.ts'
import { publishAbandonedCartsJob } from './job.ts'

let shop: CartTest
before(async () => {
  shop = await openCartTest()
})
after(async () => await shop.close())

const abandonedAfter = hours(4)

/** Runs the job as if `time` had passed. */
const runAfter = async (time: number) =>
  await publishAbandonedCartsJob({ ...shop.needs, now: () => later(systemClock(), time) }).work(
    {},
    AbortSignal.timeout(20_000),
  )

type Event = Readonly<{ cart_id: string; user_id: string | null; items: readonly object[] }>

async function published(): Promise<readonly Event[]> {
  const { rows } = await sql<{ data: Event }>`
    select data from platform.event where type = 'cart.abandoned.v1' order by id`.execute(shop.db)
  return rows.map(({ data }) => data)
}

test('a cart with items that is left alone is published once, and again after its next change (CART-6)', async () => {
  const [variant_id = ''] = await shop.sellTea()
  await shop.added(anna, { variant_id, quantity: 2 })
  await runAfter(abandonedAfter - 60_000)
  assert.deepEqual(await published(), [])
  await runAfter(abandonedAfter)
  await runAfter(abandonedAfter * 2)
  const [event, ...others] = await published()
  assert.deepEqual([event?.user_id, event?.items, others], [anna.user_id, [{ variant_id, quantity: 2 }], []])
  await shop.added(anna, { variant_id, quantity: 1 })
  await runAfter(abandonedAfter)
  assert.deepEqual((await published()).length, 2)
})

test('an empty cart is not abandoned, and the cart of a guest has no user (CART-6)', async () => {
  const [variant_id = ''] = await shop.sellTea()
  await shop.added(boris, { variant_id, quantity: 1 })
  await shop.send(boris, 'DELETE /cart')
  await shop.added(guest, { variant_id, quantity: 3 })
  const before = (await published()).length
  await runAfter(abandonedAfter)
  const events = (await published()).slice(before)
  assert.deepEqual(
    events.map(({ user_id, items }) => [user_id, items]),
    [[null, [{ variant_id, quantity: 3 }]]],
  )
})

test('two processes that look for abandoned carts at once publish each once (CART-6)', async () => {
  const [variant_id = ''] = await shop.sellTea()
  for (let i = 0; i < 30; i++) await shop.added(customer(i), { variant_id, quantity: 1 })
  const before = (await published()).length
  await crowd(4, () => runAfter(abandonedAfter))
  await runAfter(abandonedAfter)
  const carts = (await published()).slice(before).map(({ cart_id }) => cart_id)
  assert.deepEqual([carts.length, new Set(carts).size], [30, 30])
})
