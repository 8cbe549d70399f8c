import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { goodsReturned, orderCancelled, orderEdited, orderFulfilled } from '#ordering/events'
import { crowd } from '#platform/testing'
import { after as later, minutes, newId } from '#platform/values'
import type { HeldLine, HoldItem } from '../../api.ts'
import { type CatalogTest, openCatalogTest, shipmentFor } from '../../testing.ts'
import type { StockPolicy } from '../schema.ts'

let catalog: CatalogTest
before(async () => {
  catalog = await openCatalogTest()
})
after(() => catalog.close())

async function held(order_id: string, items: readonly HoldItem[]): Promise<readonly HeldLine[]> {
  const outcome = await catalog.hold({ order_id, items, expires_at: later(catalog.now(), minutes(45)) })
  return outcome.kind === 'held' ? outcome.lines : assert.fail(outcome.reason)
}

type Edit = Readonly<{ order_id: string; lines: readonly HeldLine[]; added?: string; revision?: number }>

const editOf = ({ order_id, lines, added, revision = 2 }: Edit) =>
  orderEdited({
    order_id,
    user_id: newId(),
    revision,
    items: lines.map(({ components, ...line }) => ({ ...line, ...(components && { components: [...components] }) })),
    total_amount: 1,
    currency: 'RUB',
    added_hold_id: added ?? null,
    held_until: later(catalog.now(), minutes(60)).toISOString(),
  })

const stockOf = (variant_id: string) =>
  catalog.db
    .selectFrom('catalog.stock')
    .select(['on_hand', 'reserved'])
    .where('variant_id', '=', variant_id)
    .executeTakeFirstOrThrow()
const reservedOf = async (variant_id: string) => (await stockOf(variant_id)).reserved
const holdOf = (order_id: string) =>
  catalog.db.selectFrom('catalog.holds').selectAll().where('order_id', '=', order_id).executeTakeFirstOrThrow()
const more = (line: HeldLine | undefined, quantity: number): HeldLine =>
  line ? { ...line, quantity } : assert.fail('nothing was held')

test('an edited order holds its new goods: added pieces join its hold, and the others are free (ORD-7, CAT-13)', async () => {
  const [rose, tulip] = [await catalog.addVariant(5), await catalog.addVariant(5)]
  const [order_id, added] = [newId(), newId()]
  const [roses] = await held(order_id, [{ variant_id: rose, quantity: 4 }])
  const tulips = await held(added, [{ variant_id: tulip, quantity: 5 }])
  await catalog.deliver(editOf({ order_id, lines: [more(roses, 1), ...tulips], added }))
  assert.deepEqual([await reservedOf(rose), await reservedOf(tulip)], [1, 5])
  const hold = await holdOf(order_id)
  assert.deepEqual([hold.state, hold.expires_at], ['held', later(catalog.now(), minutes(60))])
  await catalog.assertNoViolations()

  await catalog.deliver(shipmentFor(order_id))
  await catalog.deliver(orderFulfilled({ order_id, user_id: newId(), payment_method: 'online' }))
  assert.deepEqual([await reservedOf(rose), await reservedOf(tulip)], [0, 0])
  await catalog.assertNoViolations()
})

test('all pieces of a scarce variant can be in an edit, and bundles share its components (ORD-7, CAT-13)', async () => {
  const rose = await catalog.addVariant(6)
  const bouquet = await catalog.addBouquet([{ variant_id: rose, quantity: 2 }])
  const [order_id, added] = [newId(), newId()]
  const [roses] = await held(order_id, [{ variant_id: rose, quantity: 2 }])
  const bouquets = await held(added, [{ variant_id: bouquet, quantity: 2 }])
  await catalog.deliver(editOf({ order_id, lines: [more(roses, 2), ...bouquets], added }))
  assert.equal(await reservedOf(rose), 6)
  await catalog.deliver(editOf({ order_id, lines: bouquets, revision: 3 }))
  assert.equal(await reservedOf(rose), 4)
  await catalog.deliver(orderCancelled({ order_id, user_id: newId(), reason: 'customer' }))
  assert.equal(await reservedOf(rose), 0)
  await catalog.assertNoViolations()
})

test('an edit that is handled again, or after a later one, changes nothing (ORD-6, ORD-7)', async () => {
  const rose = await catalog.addVariant(9)
  const [order_id, added] = [newId(), newId()]
  const [roses] = await held(order_id, [{ variant_id: rose, quantity: 1 }])
  await held(added, [{ variant_id: rose, quantity: 4 }])
  const first = editOf({ order_id, lines: [more(roses, 5)], added })
  await catalog.deliver(first)
  await catalog.deliver(editOf({ order_id, lines: [more(roses, 3)], revision: 3 }))
  await catalog.deliver(editOf({ order_id, lines: [more(roses, 1)], revision: 2 }))
  assert.equal(await reservedOf(rose), 3)
  await catalog.assertNoViolations()
})

test('an edit whose order is cancelled gives back what it added (ORD-7)', async () => {
  const rose = await catalog.addVariant(9)
  const [order_id, added] = [newId(), newId()]
  const [roses] = await held(order_id, [{ variant_id: rose, quantity: 1 }])
  await held(added, [{ variant_id: rose, quantity: 4 }])
  await catalog.release(order_id)
  await catalog.deliver(editOf({ order_id, lines: [more(roses, 5)], added }))
  assert.equal(await reservedOf(rose), 0)
  await catalog.assertNoViolations()
})

test('an order whose added pieces were lost expires, and takes its new goods again when it is paid (ORD-7, CAT-13)', async () => {
  const rose = await catalog.addVariant(9)
  const [order_id, added] = [newId(), newId()]
  const [roses] = await held(order_id, [{ variant_id: rose, quantity: 1 }])
  await held(added, [{ variant_id: rose, quantity: 4 }])
  await catalog.expireHold(added)
  await catalog.deliver(editOf({ order_id, lines: [more(roses, 5)], added }))
  assert.deepEqual([await reservedOf(rose), (await holdOf(order_id)).state], [0, 'expired'])
  const { rowCount } = await catalog.pool.query(
    `select from platform.event where type = 'catalog.hold-expired.v1' and partition_key = $1`,
    [order_id],
  )
  assert.equal(rowCount, 1)
  await catalog.deliver(shipmentFor(order_id))
  assert.deepEqual([await reservedOf(rose), (await holdOf(order_id)).state], [5, 'firm'])
  await catalog.assertNoViolations()
})

test('a variant whose stock is not tracked reserves nothing after an edit either (ORD-7)', async () => {
  const rose = await catalog.addVariant(0, { stock_policy: 'untracked' })
  const [order_id, added] = [newId(), newId()]
  const [roses] = await held(order_id, [{ variant_id: rose, quantity: 1 }])
  await held(added, [{ variant_id: rose, quantity: 4 }])
  await catalog.deliver(editOf({ order_id, lines: [more(roses, 5)], added }))
  assert.equal(await reservedOf(rose), 0)
  await catalog.assertNoViolations()
})

/** An order of two roses that took no piece, because their stock was not tracked; then it is, and there are nine. */
async function heldUntracked() {
  const rose = await catalog.addVariant(9)
  const setPolicy = (policy: StockPolicy) =>
    catalog.db.updateTable('catalog.stock').set({ policy }).where('variant_id', '=', rose).execute()
  await setPolicy('untracked')
  const order_id = newId()
  const [roses] = await held(order_id, [{ variant_id: rose, quantity: 2 }])
  await setPolicy('track')
  return { rose, order_id, roses, setPolicy }
}
const sell = (order_id: string) =>
  catalog.deliver(shipmentFor(order_id), orderFulfilled({ order_id, user_id: newId(), payment_method: 'online' }))

test('pieces that are added after the stock of a variant is tracked stay held, are sold and come back (ORD-7, CAT-13)', async () => {
  const { rose, order_id, roses } = await heldUntracked()
  const added = newId()
  await held(added, [{ variant_id: rose, quantity: 4 }])
  await catalog.deliver(editOf({ order_id, lines: [more(roses, 6)], added }))
  assert.equal(await reservedOf(rose), 4)
  await catalog.assertNoViolations()
  await catalog.deliver(editOf({ order_id, lines: [more(roses, 5)], revision: 3 }))
  assert.equal(await reservedOf(rose), 4)
  await sell(order_id)
  assert.deepEqual(await stockOf(rose), { on_hand: 5, reserved: 0 })

  const back = (sellable: number) =>
    goodsReturned({ order_id, return_id: newId(), items: [{ variant_id: rose, sellable }] })
  await catalog.deliver(back(1), back(4))
  assert.deepEqual(await stockOf(rose), { on_hand: 9, reserved: 0 })
  await catalog.assertNoViolations()
})

test('a bouquet that is added after the stock of its roses is tracked holds its own roses (ORD-7, CAT-13)', async () => {
  const { rose, order_id, roses } = await heldUntracked()
  const bouquet = await catalog.addBouquet([{ variant_id: rose, quantity: 3 }])
  const added = newId()
  const bouquets = await held(added, [{ variant_id: bouquet, quantity: 1 }])
  await catalog.deliver(editOf({ order_id, lines: [more(roses, 2), ...bouquets], added }))
  assert.equal(await reservedOf(rose), 3)
  await catalog.assertNoViolations()
  await catalog.deliver(editOf({ order_id, lines: [more(roses, 2)], revision: 3 }))
  assert.equal(await reservedOf(rose), 2)
  await catalog.assertNoViolations()
})

test('an order keeps the pieces that it holds when the stock is no longer tracked at its edit (ORD-7, CAT-13)', async () => {
  const { rose, setPolicy } = await heldUntracked()
  const [order_id, added] = [newId(), newId()]
  const [roses] = await held(order_id, [{ variant_id: rose, quantity: 3 }])
  await setPolicy('untracked')
  await held(added, [{ variant_id: rose, quantity: 20 }])
  await catalog.deliver(editOf({ order_id, lines: [more(roses, 23)], added }))
  assert.equal(await reservedOf(rose), 3)
  await sell(order_id)
  assert.deepEqual(await stockOf(rose), { on_hand: 6, reserved: 0 })
  await catalog.assertNoViolations()
})

test('ten edits while fifty buyers want the same pieces: none is sold twice (ORD-7, REL-5)', async () => {
  const rose = await catalog.addVariant(40)
  const orders = await Promise.all(
    Array.from({ length: 10 }, async () => {
      const [order_id, added] = [newId(), newId()]
      const [roses] = await held(order_id, [{ variant_id: rose, quantity: 1 }])
      await held(added, [{ variant_id: rose, quantity: 1 }])
      return { order_id, added, lines: [more(roses, 2)] }
    }),
  )
  const buyers = crowd(50, () =>
    catalog.hold({
      order_id: newId(),
      items: [{ variant_id: rose, quantity: 1 }],
      expires_at: later(catalog.now(), minutes(30)),
    }),
  )
  await catalog.deliver(...orders.map(editOf))
  const outcomes = (await buyers).map((one) => (one.status === 'fulfilled' ? one.value.kind : assert.fail(one.reason)))
  assert.equal(outcomes.filter((kind) => kind === 'held').length, 20)
  assert.equal(await reservedOf(rose), 40)
  await catalog.assertNoViolations()
})
