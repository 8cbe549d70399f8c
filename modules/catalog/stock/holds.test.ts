import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import { sql } from 'kysely'
import { orderCancelled, orderFulfilled } from '#ordering/events'
import { transaction } from '#platform/db'
import { publish } from '#platform/events'
import { crowd, deliverEvents, expectResponse } from '#platform/testing'
import { after as later, minutes, newId } from '#platform/values'
import type { HoldItem } from '../api.ts'
import { Page } from '#platform/schema'
import { ProductList } from '../search/schema.ts'
import { type CatalogTest, openCatalogTest, shipmentFor } from '../testing.ts'
import { expireHolds } from './expire-holds/expire-holds.ts'
import { StockMovement } from './schema.ts'

let catalog: CatalogTest
let expire: () => Promise<number>
before(async () => {
  catalog = await openCatalogTest()
  expire = expireHolds(catalog.needs)
})
after(() => catalog.close())

const hold = (order_id: string, items: readonly HoldItem[]) =>
  catalog.hold({ order_id, items, expires_at: later(catalog.now(), minutes(30)) })

const cancelled = (order_id: string) => orderCancelled({ order_id, user_id: newId(), reason: 'test' })
const fulfilled = (order_id: string) => orderFulfilled({ order_id, user_id: newId(), payment_method: 'online' })

const stockOf = async (variant_id: string) => {
  const { on_hand, reserved } = await catalog.db
    .selectFrom('catalog.stock')
    .selectAll()
    .where('variant_id', '=', variant_id)
    .executeTakeFirstOrThrow()
  return { on_hand, reserved }
}

const payloadsOf = async (type: string, key: string) => {
  const { rows } = await sql<{ data: object }>`
    select data from platform.event where type = ${type} and partition_key = ${key} order by id`.execute(catalog.db)
  return rows.map(({ data }) => data)
}

const movementsOf = async (variant_id: string) =>
  expectResponse(await catalog.asStaff(`GET /admin/variants/${variant_id}/movements`), 200, Page(StockMovement)).items

const restock = async (variant_id: string, delta: number) =>
  expectResponse(await catalog.asStaff(`POST /admin/variants/${variant_id}/stock`, { delta, reason: 'delivery' }), 201)

test('a cancelled order frees its stock once (CAT-13)', async () => {
  const [rose, order] = [await catalog.addVariant(10), newId()]
  await hold(order, [{ variant_id: rose, quantity: 4 }])
  await catalog.deliver(cancelled(order), cancelled(order))
  await catalog.release(order)
  assert.deepEqual(await stockOf(rose), { on_hand: 10, reserved: 0 })
})

test('a late call for a released order does not hold again (CAT-13)', async () => {
  const [rose, order] = [await catalog.addVariant(10), newId()]
  await hold(order, [{ variant_id: rose, quantity: 4 }])
  await catalog.release(order)
  assert.deepEqual(await hold(order, [{ variant_id: rose, quantity: 4 }]), {
    kind: 'refused',
    reason: 'order-closed',
  })
  assert.deepEqual(await stockOf(rose), { on_hand: 10, reserved: 0 })
})

test('an order whose hold was sold or expired does not hold again (CAT-13)', async () => {
  const [rose, bought, late] = [await catalog.addVariant(10), newId(), newId()]
  const items = [{ variant_id: rose, quantity: 2 }]
  await hold(bought, items)
  await hold(late, items)
  await catalog.deliver(shipmentFor(bought), fulfilled(bought))
  catalog.advance(minutes(31))
  await expire()
  for (const order of [bought, late])
    assert.deepEqual(await hold(order, items), { kind: 'refused', reason: 'order-closed' })
  assert.deepEqual(await stockOf(rose), { on_hand: 8, reserved: 0 })
})

test('a hold that arrives after the release of its order is refused (CAT-13)', async () => {
  const [rose, order] = [await catalog.addVariant(10), newId()]
  await catalog.release(order)
  assert.equal((await hold(order, [{ variant_id: rose, quantity: 4 }])).kind, 'refused')
  assert.deepEqual(await stockOf(rose), { on_hand: 10, reserved: 0 })
})

test('hold and release of one order at the same moment leave nothing reserved in the end (CAT-13)', async () => {
  const rose = await catalog.addVariant(1000)
  await crowd(40, async (i) => {
    const order = newId()
    await Promise.all(
      i % 2
        ? [hold(order, [{ variant_id: rose, quantity: 1 }]), catalog.release(order)]
        : [catalog.release(order), hold(order, [{ variant_id: rose, quantity: 1 }])],
    )
  })
  assert.deepEqual(await stockOf(rose), { on_hand: 1000, reserved: 0 })
  await catalog.assertNoViolations()
})

test('an unpaid hold expires with an event; a paid one stays (CAT-13)', async () => {
  const [rose, unpaid, paid] = [await catalog.addVariant(5), newId(), newId()]
  await hold(unpaid, [{ variant_id: rose, quantity: 3 }])
  await hold(paid, [{ variant_id: rose, quantity: 2 }])
  await catalog.deliver(shipmentFor(paid))
  assert.equal(await expire(), 0)
  catalog.advance(minutes(31))
  const freed = await crowd(4, () => expire())
  assert.equal(
    freed.reduce((sum, each) => sum + (each.status === 'fulfilled' ? each.value : NaN), 0),
    1,
  )
  assert.deepEqual(await stockOf(rose), { on_hand: 5, reserved: 2 })
  assert.deepEqual(await payloadsOf('catalog.hold-expired.v1', unpaid), [{ order_id: unpaid }])
  assert.deepEqual(await payloadsOf('catalog.hold-expired.v1', paid), [])
  const stock = await payloadsOf('catalog.variant-stock-changed.v1', rose)
  assert.deepEqual(
    stock.map((each) => (each as { stock_quantity: number }).stock_quantity),
    [0, 3],
  )
})

test('the pieces of a fulfilled order leave the stock, with a movement that names the order (CAT-11, CAT-13)', async () => {
  const [rose, ruscus, order] = [await catalog.addVariant(9), await catalog.addVariant(9), newId()]
  const bouquet = await catalog.addBouquet([
    { variant_id: rose, quantity: 3 },
    { variant_id: ruscus, quantity: 1 },
  ])
  await hold(order, [
    { variant_id: bouquet, quantity: 2 },
    { variant_id: rose, quantity: 1 },
  ])
  await catalog.deliver(shipmentFor(order), fulfilled(order), fulfilled(order))
  assert.deepEqual(await stockOf(rose), { on_hand: 2, reserved: 0 })
  assert.deepEqual(await stockOf(ruscus), { on_hand: 7, reserved: 0 })
  const movements = await movementsOf(rose)
  assert.deepEqual(
    movements.map(({ kind, delta, order_id }) => [kind, delta, order_id]),
    [
      ['sale', -7, order],
      ['opening', 9, null],
    ],
  )
  assert.equal((await payloadsOf('catalog.variant-stock-changed.v1', rose)).length, 1)
  assert.deepEqual([await soldOf(bouquet), await soldOf(rose), await soldOf(ruscus)], [2, 1, undefined])
  await catalog.assertNoViolations()
})

/** How many pieces of its product were sold, as the popular list counts them. */
async function soldOf(variant_id: string): Promise<number | undefined> {
  const { rows } = await sql<{ sold: number }>`
    select sold::int from catalog.popularity join catalog.variants using (product_id) where id = ${variant_id}`.execute(
    catalog.db,
  )
  return rows[0]?.sold
}

test('orders that share variants and are sold in one transaction each get a movement (CAT-11, PERF-2)', async () => {
  const [rose, ruscus] = [await catalog.addVariant(30), await catalog.addVariant(30)]
  const bouquet = await catalog.addBouquet([{ variant_id: rose, quantity: 3 }])
  const orders = [newId(), newId(), newId()]
  await hold(orders[0] ?? '', [{ variant_id: rose, quantity: 2 }])
  await hold(orders[1] ?? '', [
    { variant_id: bouquet, quantity: 1 },
    { variant_id: ruscus, quantity: 4 },
  ])
  await hold(orders[2] ?? '', [{ variant_id: rose, quantity: 1 }])
  await transaction(catalog.db, (tx) => publish(tx, [...orders.map(shipmentFor), ...orders.map(fulfilled)]))
  await deliverEvents(catalog.db, [catalog.module], { together: true })
  assert.deepEqual(await stockOf(rose), { on_hand: 24, reserved: 0 })
  assert.deepEqual(await stockOf(ruscus), { on_hand: 26, reserved: 0 })
  const movements = await movementsOf(rose)
  const sales = movements.filter(({ kind }) => kind === 'sale')
  assert.deepEqual(
    new Map(sales.map(({ order_id, delta }) => [order_id, delta])),
    new Map(orders.map((id, i) => [id, -([2, 3, 1][i] ?? 0)])),
  )
  assert.deepEqual(
    (await payloadsOf('catalog.variant-stock-changed.v1', rose)).map((each) => (each as { on_hand: number }).on_hand),
    [24],
  )
  await catalog.assertNoViolations()
})

test('the popular list starts with the best-selling product (CAT-6)', async () => {
  const [popular, rare] = [await catalog.addVariant(9), await catalog.addVariant(9)]
  const order = newId()
  await hold(order, [{ variant_id: popular, quantity: 8 }])
  const other = newId()
  await hold(other, [{ variant_id: rare, quantity: 1 }])
  await catalog.deliver(fulfilled(order), fulfilled(other))
  const { items } = expectResponse(await catalog.read('/catalog/products?sort=popular&page_size=100'), 200, ProductList)
  const ids = items.map((card) => card.variant_id)
  assert.ok(ids.indexOf(popular) < ids.indexOf(rare))
  assert.equal(ids[0], popular)
})

test('an order that is paid after its hold expired takes the stock again (F-10, CAT-13)', async () => {
  const [rose, order] = [await catalog.addVariant(3), newId()]
  await hold(order, [{ variant_id: rose, quantity: 2 }])
  catalog.advance(minutes(31))
  await expire()
  assert.deepEqual(await stockOf(rose), { on_hand: 3, reserved: 0 })
  await catalog.deliver(shipmentFor(order))
  assert.deepEqual(await stockOf(rose), { on_hand: 3, reserved: 2 })
  assert.deepEqual(await payloadsOf('catalog.hold-lost.v1', order), [])
  await catalog.assertNoViolations()
})

test('a shipment request that is handled again publishes the same hold-lost (CAT-13, ORD-6)', async () => {
  const [rose, late] = [await catalog.addVariant(1), newId()]
  await hold(late, [{ variant_id: rose, quantity: 1 }])
  catalog.advance(minutes(31))
  await expire()
  await hold(newId(), [{ variant_id: rose, quantity: 1 }])
  await catalog.deliver(shipmentFor(late))
  await sql`
    delete from platform.inbox where event_id in (select event_id from platform.event where partition_key = ${late})`.execute(
    catalog.db,
  )
  await deliverEvents(catalog.db, [catalog.module])
  const { rows } = await sql<{ published: number; ids: number }>`
    select count(*)::int as published, count(distinct event_id)::int as ids from platform.event
    where type = 'catalog.hold-lost.v1' and partition_key = ${late}`.execute(catalog.db)
  assert.deepEqual(rows, [{ published: 2, ids: 1 }])
})

test('when one variant is short, a late payment takes nothing, and the catalog publishes hold-lost (F-10, CAT-13)', async () => {
  const [rose, ruscus, late, greedy] = [await catalog.addVariant(3), await catalog.addVariant(9), newId(), newId()]
  await hold(late, [
    { variant_id: rose, quantity: 2 },
    { variant_id: ruscus, quantity: 1 },
  ])
  catalog.advance(minutes(31))
  await expire()
  await hold(greedy, [{ variant_id: rose, quantity: 2 }])
  await catalog.deliver(shipmentFor(late))
  assert.deepEqual(await stockOf(rose), { on_hand: 3, reserved: 2 })
  assert.deepEqual(await stockOf(ruscus), { on_hand: 9, reserved: 0 })
  assert.deepEqual(await payloadsOf('catalog.hold-lost.v1', late), [{ order_id: late }])
  await catalog.deliver(cancelled(late))
  assert.deepEqual(await stockOf(rose), { on_hand: 3, reserved: 2 })
  await catalog.assertNoViolations()
})

test('goods that are handed over after their hold expired leave the free stock (F-10, CAT-13)', async () => {
  const [rose, order] = [await catalog.addVariant(3), newId()]
  await hold(order, [{ variant_id: rose, quantity: 3 }])
  catalog.advance(minutes(31))
  await expire()
  await catalog.deliver(fulfilled(order), fulfilled(order))
  assert.deepEqual(await stockOf(rose), { on_hand: 0, reserved: 0 })
  const sales = (await movementsOf(rose)).filter(({ kind }) => kind === 'sale')
  assert.deepEqual(
    sales.map(({ delta, order_id }) => [delta, order_id]),
    [[-3, order]],
  )
  await catalog.assertNoViolations()
})

test('goods that are handed over and reserved for others wait until staff correct the stock (F-10, CAT-13)', async () => {
  const [rose, order, other] = [await catalog.addVariant(3), newId(), newId()]
  await hold(order, [{ variant_id: rose, quantity: 2 }])
  catalog.advance(minutes(31))
  await expire()
  await hold(other, [{ variant_id: rose, quantity: 2 }])
  await assert.rejects(catalog.deliver(fulfilled(order)), /sold out: correct the stock/)
  assert.deepEqual(await stockOf(rose), { on_hand: 3, reserved: 2 })
  await restock(rose, 1)
  await deliverEvents(catalog.db, [catalog.module])
  assert.deepEqual(await stockOf(rose), { on_hand: 2, reserved: 2 })
  await catalog.assertNoViolations()
})

test('a request for a shipment that comes after the release of its order takes no stock (F-10, F-18, CAT-13)', async () => {
  const [rose, released, expired] = [await catalog.addVariant(9), newId(), newId()]
  for (const order of [released, expired]) await hold(order, [{ variant_id: rose, quantity: 2 }])
  await catalog.release(released)
  catalog.advance(minutes(31))
  await expire()
  await catalog.deliver(cancelled(expired), shipmentFor(expired), shipmentFor(released))
  assert.deepEqual(await stockOf(rose), { on_hand: 9, reserved: 0 })
  for (const order of [released, expired]) assert.deepEqual(await payloadsOf('catalog.hold-lost.v1', order), [])
})

test('releases, sales and late payments of one batch lock their stock at once (F-5, CAT-13)', async () => {
  const [rose, ruscus] = [await catalog.addVariant(30), await catalog.addVariant(30)]
  const [late, lost] = [newId(), newId()]
  await hold(late, [{ variant_id: ruscus, quantity: 25 }])
  await hold(lost, [{ variant_id: rose, quantity: 25 }])
  catalog.advance(minutes(31))
  await expire()
  const [dropped, bought, handedOver] = [newId(), newId(), newId()]
  await hold(handedOver, [{ variant_id: rose, quantity: 4 }])
  catalog.advance(minutes(31))
  await expire()
  await hold(dropped, [{ variant_id: ruscus, quantity: 20 }])
  await hold(bought, [
    { variant_id: rose, quantity: 6 },
    { variant_id: ruscus, quantity: 1 },
  ])
  const events = [shipmentFor(lost), fulfilled(handedOver), shipmentFor(late), cancelled(dropped), fulfilled(bought)]
  await transaction(catalog.db, (tx) => publish(tx, events))
  await deliverEvents(catalog.db, [catalog.module], { together: true })
  assert.deepEqual(await stockOf(rose), { on_hand: 20, reserved: 0 })
  assert.deepEqual(await stockOf(ruscus), { on_hand: 29, reserved: 25 })
  assert.deepEqual(await payloadsOf('catalog.hold-lost.v1', lost), [{ order_id: lost }])
  await catalog.assertNoViolations()
})

test('an order without a hold cannot be sold (CAT-13)', async () => {
  const unknown = fulfilled(newId())
  await assert.rejects(catalog.deliver(unknown), /it has no hold/)
  await sql`delete from platform.event where partition_key = ${String(unknown.payload['order_id'])}`.execute(catalog.db)
})

/** One step in the life of one of six orders. */
const step = fc.record({
  order: fc.nat({ max: 5 }),
  action: fc.constantFrom('hold', 'hold bouquet', 'release', 'pay', 'fulfil', 'expire', 'restock'),
  quantity: fc.integer({ min: 1, max: 4 }),
})

type Modelled = { state: 'held' | 'firm' | 'closed' | 'sold'; stems: number; body: string }

test('in any sequence of steps no piece is lost or sold twice (CAT-13)', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async (steps) => {
      const rose = await catalog.addVariant(12)
      const bouquet = await catalog.addBouquet([{ variant_id: rose, quantity: 3 }])
      const ids = Array.from({ length: 6 }, () => newId())
      const orders = new Map<string, Modelled>()
      let on_hand = 12
      const reserved = () =>
        [...orders.values()].reduce(
          (sum, { state, stems }) => sum + (state === 'held' || state === 'firm' ? stems : 0),
          0,
        )

      for (const { order, action, quantity } of steps) {
        const id = ids[order] ?? ''
        const model = orders.get(id)
        if (action === 'hold' || action === 'hold bouquet') {
          const stems = action === 'hold' ? quantity : quantity * 3
          const outcome = await hold(id, [{ variant_id: action === 'hold' ? rose : bouquet, quantity }])
          const body = `${action} ${quantity}`
          const expected = model
            ? (model.state === 'held' || model.state === 'firm') && model.body === body
            : on_hand - reserved() >= stems
          assert.equal(outcome.kind === 'held', expected)
          if (!model && expected) orders.set(id, { state: 'held', stems, body })
        } else if (action === 'release') {
          await catalog.release(id)
          if (model?.state !== 'sold') orders.set(id, { state: 'closed', stems: model?.stems ?? 0, body: '' })
        } else if (action === 'pay' && model?.state === 'held') {
          await catalog.deliver(shipmentFor(id))
          model.state = 'firm'
        } else if (action === 'fulfil' && (model?.state === 'held' || model?.state === 'firm')) {
          await catalog.deliver(fulfilled(id))
          model.state = 'sold'
          on_hand -= model.stems
        } else if (action === 'expire') {
          catalog.advance(minutes(31))
          await expire()
          for (const each of orders.values()) if (each.state === 'held') each.state = 'closed'
        } else if (action === 'restock') {
          await restock(rose, quantity)
          on_hand += quantity
        }
        assert.deepEqual(await stockOf(rose), { on_hand, reserved: reserved() })
      }
      const [offer] = await catalog.offersOf([bouquet])
      assert.equal(offer?.available, Math.floor((on_hand - reserved()) / 3))
      await catalog.assertNoViolations()
    }),
    { numRuns: 15 },
  )
})

test('the goods of a refused order are free at once, however often they are given back (F-31, ORD-12)', async () => {
  const rose = await catalog.addVariant(5)
  const [refused, placed] = [newId(), newId()]
  await hold(refused, [{ variant_id: rose, quantity: 2 }])
  await hold(placed, [{ variant_id: rose, quantity: 3 }])
  const ended = await crowd(10, () => catalog.expireHold(refused))
  assert.ok(ended.every(({ status }) => status === 'fulfilled'))
  assert.deepEqual(await stockOf(rose), { on_hand: 5, reserved: 3 })
  assert.deepEqual(await payloadsOf('catalog.hold-expired.v1', refused), [])
  await catalog.expireHold(newId())
  await catalog.deliver(shipmentFor(placed))
  await catalog.expireHold(placed)
  assert.deepEqual(await stockOf(rose), { on_hand: 5, reserved: 3 }, 'an order that is on its way holds its goods')
  await catalog.assertNoViolations()
})

test('a shipment that is requested again for a cancelled order, by a replay, holds nothing (F-18, CAT-13)', async () => {
  const rose = await catalog.addVariant(5)
  const order_id = newId()
  await hold(order_id, [{ variant_id: rose, quantity: 2 }])
  await catalog.deliver(shipmentFor(order_id), cancelled(order_id))
  await catalog.deliver(shipmentFor(order_id))
  assert.deepEqual(await stockOf(rose), { on_hand: 5, reserved: 0 })
  await catalog.assertNoViolations()
})
