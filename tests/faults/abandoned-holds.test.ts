import assert from 'node:assert/strict'
import { after as afterAll, before, test } from 'node:test'
import { sql } from 'kysely'
import type { CatalogApi } from '#catalog'
import { crowd, runJob } from '#platform/testing'
import { after, minutes, newId } from '#platform/values'
import { openShop, stockOf, type Shop } from '../e2e/open-shop.ts'
import { firstOf, placeOrder, toPickup } from '../e2e/purchase-steps.ts'

const holdTime = minutes(45)
let shop: Shop
let catalog: CatalogApi
let tea: string
before(async () => {
  shop = await openShop()
  catalog = shop.app.modules.find(({ name }) => name === 'catalog')?.api as CatalogApi
  tea = (await firstOf(shop, 'teas')).variant_id
})
afterAll(() => shop.close())

/** Holds a piece as a process does that dies before it saves the order. */
async function holdOne(order_id = newId()): Promise<string> {
  const items = [{ variant_id: tea, quantity: 1 }]
  const held = await catalog.hold({ order_id, items, expires_at: after(new Date(), holdTime) })
  assert.equal(held.kind, 'held')
  return order_id
}
/** Lets time pass for one hold. */
const ageHold = (order_id: string, time: string) =>
  sql`
    update catalog.holds set held_at = held_at - ${time}::interval, expires_at = expires_at - ${time}::interval
    where order_id = ${order_id}
  `.execute(shop.app.db)
async function stateOf(order_id: string): Promise<string | undefined> {
  const { rows } = await sql<{ state: string }>`
    select state from catalog.holds where order_id = ${order_id}`.execute(shop.app.db)
  return rows[0]?.state
}
const releaseHolds = () => {
  const ordering = shop.app.modules.find(({ name }) => name === 'ordering') ?? assert.fail('no module ordering')
  return runJob(ordering, 'ordering.release-abandoned-holds')
}
const idleSince = () => {
  const held_before = after(new Date(), -minutes(2))
  return { held_before, expires_before: after(held_before, holdTime) }
}

test('the goods of an order that was never saved are free after two minutes (REL-1, CAT-13)', async () => {
  const before = await stockOf(shop, tea)
  const abandoned = await holdOne()
  const recent = await holdOne()
  await ageHold(abandoned, '121 seconds')
  await ageHold(recent, '100 seconds')
  await crowd(4, releaseHolds)
  assert.equal(await stateOf(abandoned), 'expired')
  assert.equal(await stateOf(recent), 'held')
  assert.equal((await stockOf(shop, tea)).reserved, before.reserved + 1)
  await ageHold(recent, '21 seconds')
  await releaseHolds()
  assert.equal(await stateOf(recent), 'expired', 'a later run finds what has become old since the last one')
  assert.deepEqual(await stockOf(shop, tea), before)
})

test('an order that waits for its payment keeps its hold (CAT-13)', async () => {
  const as = await shop.customer()
  const { id } = await placeOrder(shop, as, { ...toPickup, items: [{ variant_id: tea, quantity: 1 }] })
  await ageHold(id, '3 minutes')
  await releaseHolds()
  assert.equal(await stateOf(id), 'held')
})

test('an attempt that claims an old hold keeps it, also between the two steps of the job (CAT-13, ORD-1)', async () => {
  const claimed = await holdOne()
  await ageHold(claimed, '10 minutes')
  await holdOne(claimed)
  await releaseHolds()
  assert.equal(await stateOf(claimed), 'held')

  const since = idleSince()
  const late = await holdOne()
  await ageHold(late, '10 minutes')
  const first = { expires_at: new Date(0), order_id: '00000000-0000-0000-0000-000000000000' }
  const listed = await catalog.listIdleHolds(since, { after: first, limit: 1000 })
  assert.ok(listed.some(({ order_id }) => order_id === late))
  await holdOne(late)
  assert.deepEqual(await catalog.expireIdleHolds([late], since), [])
  assert.equal(await stateOf(late), 'held')
})

test('an edit that waits for the catalog keeps what it added, and one that was never saved does not (ORD-7, CAT-13)', async () => {
  const as = await shop.customer()
  const { id } = await placeOrder(shop, as, { ...toPickup, items: [{ variant_id: tea, quantity: 1 }] })
  const [saved, abandoned] = [await holdOne(), await holdOne()]
  await sql`
    insert into ordering.edits (id, order_id, revision, total_before, total_after, edited_at)
    values (${saved}, ${id}, 2, 1, 1, now())`.execute(shop.app.db)
  for (const hold of [saved, abandoned]) await ageHold(hold, '3 minutes')
  await releaseHolds()
  assert.deepEqual([await stateOf(saved), await stateOf(abandoned)], ['held', 'expired'])
})
