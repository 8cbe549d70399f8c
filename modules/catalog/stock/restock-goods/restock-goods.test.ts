import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { goodsReturned, orderFulfilled } from '#ordering/events'
import { transaction } from '#platform/db'
import { raceFor } from '#platform/testing'
import { after as later, minutes, newId } from '#platform/values'
import { openCatalogTest, shipmentFor, type CatalogTest } from '../../testing.ts'
import { restockGoods } from './restock-goods.ts'

let catalog: CatalogTest
before(async () => {
  catalog = await openCatalogTest()
})
after(() => catalog.close())

type Items = readonly Readonly<{ variant_id: string; quantity: number }>[]

/** An order whose goods its buyer has. */
async function sold(items: Items): Promise<string> {
  const order_id = newId()
  const held = await catalog.hold({ order_id, items, expires_at: later(catalog.now(), minutes(30)) })
  assert.equal(held.kind, 'held')
  await catalog.deliver(shipmentFor(order_id), orderFulfilled({ order_id, user_id: newId(), payment_method: 'online' }))
  return order_id
}

const back = (order_id: string, variant_id: string, sellable: number, return_id = newId()) =>
  goodsReturned({ order_id, return_id, items: [{ variant_id, sellable }] })

const onHand = async (variant_id: string) =>
  (
    await sql<{ on_hand: number }>`select on_hand from catalog.stock where variant_id = ${variant_id}`.execute(
      catalog.db,
    )
  ).rows[0]?.on_hand

const movementsOf = async (variant_id: string) =>
  (
    await sql<{ kind: string; delta: number; order_id: string | null }>`
      select kind, delta, order_id from catalog.movements where variant_id = ${variant_id} order by id desc`.execute(
      catalog.db,
    )
  ).rows

test('pieces that a buyer sends back are on hand again, with a movement that names the order, once (ORD-10, CAT-11)', async () => {
  const rose = await catalog.addVariant(9)
  const order_id = await sold([{ variant_id: rose, quantity: 4 }])
  const returned = back(order_id, rose, 3)
  await catalog.deliver(returned)
  await catalog.deliver(back(order_id, rose, 3, String(returned.payload['return_id'])))
  assert.equal(await onHand(rose), 8)
  assert.deepEqual(await movementsOf(rose), [
    { kind: 'returned', delta: 3, order_id },
    { kind: 'sale', delta: -4, order_id },
    { kind: 'opening', delta: 9, order_id: null },
  ])
  await catalog.deliver(back(order_id, rose, 1))
  assert.equal(await onHand(rose), 9)
  await catalog.assertNoViolations()
})

test('an order never returns more pieces than it took, in one return or in several (ORD-10)', async () => {
  const [rose, tulip] = [await catalog.addVariant(9), await catalog.addVariant(9)]
  const order_id = await sold([{ variant_id: rose, quantity: 2 }])
  const restock = (variant_id: string, sellable: number) => {
    const returned = { order_id, return_id: newId(), items: [{ variant_id, sellable }] }
    return transaction(catalog.db, (tx) => restockGoods(catalog.needs)(tx, returned))
  }
  await restock(rose, 1)
  await restock(tulip, 1)
  assert.deepEqual([await onHand(rose), await onHand(tulip)], [8, 9])
  await raceFor(catalog.db, {
    lock: sql`select from catalog.holds where order_id = ${order_id} for update`,
    waiting: 2,
    start: () => Promise.all([restock(rose, 1), restock(rose, 1)]),
  })
  await restock(rose, 2)
  assert.equal(await onHand(rose), 9)
  await catalog.assertNoViolations()
})

test('goods of an order that was never sold wait, and stock that is not tracked gets none (ORD-10)', async () => {
  const rose = await catalog.addVariant(9)
  const returned = { order_id: newId(), return_id: newId(), items: [{ variant_id: rose, sellable: 1 }] }
  await assert.rejects(
    transaction(catalog.db, (tx) => restockGoods(catalog.needs)(tx, returned)),
    /its hold is missing/,
  )
  const untracked = await catalog.addVariant(9)
  await sql`update catalog.stock set policy = 'untracked' where variant_id = ${untracked}`.execute(catalog.db)
  const order_id = await sold([{ variant_id: untracked, quantity: 2 }])
  await catalog.deliver(back(order_id, untracked, 2))
  assert.deepEqual([await onHand(rose), await onHand(untracked)], [9, 9])
  await catalog.assertNoViolations()
})
