import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import { sql } from 'kysely'
import { orderCancelled, orderFulfilled, shipmentRequested } from '#ordering/events'
import { transaction } from '#platform/db'
import { publish } from '#platform/events'
import { crowd, deliverEvents } from '#platform/testing'
import { after as later, minutes, newId } from '#platform/values'
import { openShelf } from './shelf.ts'
import { memoryCache } from '#platform/cache'
import { expireHolds } from './expire-holds/expire-holds.ts'
import { openTestShop, type TestShop } from './testing.ts'

let shop: TestShop
let expire: () => Promise<number>
before(async () => {
  shop = await openTestShop()
  expire = expireHolds({ db: shop.db, now: shop.now, shelf: openShelf(memoryCache({ maxBytes: 1_000_000 })) })
})
after(() => shop.close())

const hold = (order_id: string, wants: readonly { variant_id: string; quantity: number }[]) =>
  shop.shop.hold({ order_id, wants, expires_at: later(shop.now(), minutes(30)) })

const due = (order_id: string) =>
  shipmentRequested({
    order_id,
    number: '1',
    user_id: newId(),
    method: 'courier',
    delivery_address: null,
    recipient_name: null,
    recipient_phone: null,
    comment: null,
    weight_grams: 0,
    cash_to_collect: 0,
    currency: 'RUB',
  })
const cancelled = (order_id: string) => orderCancelled({ order_id, user_id: newId(), reason: 'test' })
const fulfilled = (order_id: string) => orderFulfilled({ order_id, user_id: newId(), payment_method: 'online' })

const stockOf = async (variant_id: string) => {
  const { on_hand, reserved } = await shop.db
    .selectFrom('catalog.stock')
    .selectAll()
    .where('variant_id', '=', variant_id)
    .executeTakeFirstOrThrow()
  return { on_hand, reserved }
}

const told = async (type: string, key: string) => {
  const { rows } = await sql<{ data: object }>`
    select data from platform.event where type = ${type} and partition_key = ${key} order by id`.execute(shop.db)
  return rows.map(({ data }) => data)
}

async function assertNoViolations() {
  for (const check of shop.module.checks ?? []) assert.deepEqual(await check.violations(), [], check.name)
}

test('a cancelled order gives its stock back, once (CAT-13)', async () => {
  const [rose, order] = [await shop.sellOne(10), newId()]
  await hold(order, [{ variant_id: rose, quantity: 4 }])
  await shop.subscriptions(cancelled(order), cancelled(order))
  await shop.release(order)
  assert.deepEqual(await stockOf(rose), { on_hand: 10, reserved: 0 })
})

test('a late repeat of an order that was released does not hold again (CAT-13)', async () => {
  const [rose, order] = [await shop.sellOne(10), newId()]
  await hold(order, [{ variant_id: rose, quantity: 4 }])
  await shop.release(order)
  assert.deepEqual(await hold(order, [{ variant_id: rose, quantity: 4 }]), {
    kind: 'refused',
    reason: 'order-closed',
  })
  assert.deepEqual(await stockOf(rose), { on_hand: 10, reserved: 0 })
})

test('an order whose goods were sold or ran out of time is over: it does not hold again (CAT-13)', async () => {
  const [rose, bought, late] = [await shop.sellOne(10), newId(), newId()]
  const wants = [{ variant_id: rose, quantity: 2 }]
  await hold(bought, wants)
  await hold(late, wants)
  await shop.subscriptions(due(bought), fulfilled(bought))
  shop.pass(minutes(31))
  await expire()
  for (const order of [bought, late])
    assert.deepEqual(await hold(order, wants), { kind: 'refused', reason: 'order-closed' })
  assert.deepEqual(await stockOf(rose), { on_hand: 8, reserved: 0 })
})

test('a hold that arrives after its release does not hold (CAT-13)', async () => {
  const [rose, order] = [await shop.sellOne(10), newId()]
  await shop.release(order)
  assert.equal((await hold(order, [{ variant_id: rose, quantity: 4 }])).kind, 'refused')
  assert.deepEqual(await stockOf(rose), { on_hand: 10, reserved: 0 })
})

test('hold and release of one order at the same moment leave nothing reserved in the end (CAT-13)', async () => {
  const rose = await shop.sellOne(1000)
  await crowd(40, async (i) => {
    const order = newId()
    await Promise.all(
      i % 2
        ? [hold(order, [{ variant_id: rose, quantity: 1 }]), shop.release(order)]
        : [shop.release(order), hold(order, [{ variant_id: rose, quantity: 1 }])],
    )
  })
  assert.deepEqual(await stockOf(rose), { on_hand: 1000, reserved: 0 })
  await assertNoViolations()
})

test('an unpaid hold frees itself and tells; a paid one stays (CAT-13)', async () => {
  const [rose, unpaid, paid] = [await shop.sellOne(5), newId(), newId()]
  await hold(unpaid, [{ variant_id: rose, quantity: 3 }])
  await hold(paid, [{ variant_id: rose, quantity: 2 }])
  await shop.subscriptions(due(paid))
  assert.equal(await expire(), 0)
  shop.pass(minutes(31))
  const freed = await crowd(4, () => expire())
  assert.equal(
    freed.reduce((sum, each) => sum + (each.status === 'fulfilled' ? each.value : NaN), 0),
    1,
  )
  assert.deepEqual(await stockOf(rose), { on_hand: 5, reserved: 2 })
  assert.deepEqual(await told('catalog.hold-expired.v1', unpaid), [{ order_id: unpaid }])
  assert.deepEqual(await told('catalog.hold-expired.v1', paid), [])
  const stock = await told('catalog.variant-stock-changed.v1', rose)
  assert.deepEqual(
    stock.map((each) => (each as { stock_quantity: number }).stock_quantity),
    [0, 3],
  )
})

test('what the customer received leaves the shelf, with a movement that names the order (CAT-11, CAT-13)', async () => {
  const [rose, ruscus, order] = [await shop.sellOne(9), await shop.sellOne(9), newId()]
  const bouquet = await shop.bind([
    { variant_id: rose, quantity: 3 },
    { variant_id: ruscus, quantity: 1 },
  ])
  await hold(order, [
    { variant_id: bouquet, quantity: 2 },
    { variant_id: rose, quantity: 1 },
  ])
  await shop.subscriptions(due(order), fulfilled(order), fulfilled(order))
  assert.deepEqual(await stockOf(rose), { on_hand: 2, reserved: 0 })
  assert.deepEqual(await stockOf(ruscus), { on_hand: 7, reserved: 0 })
  const { body } = await shop.ask(`/admin/variants/${rose}/movements`)
  assert.deepEqual(
    body.items.map((item: { kind: string; delta: number; order_id: string }) => [item.kind, item.delta, item.order_id]),
    [
      ['sale', -7, order],
      ['opening', 9, null],
    ],
  )
  assert.equal((await told('catalog.variant-stock-changed.v1', rose)).length, 1)
  await assertNoViolations()
})

test('orders that share goods and are sold in one transaction take all of them, each with its own movement (CAT-11, PERF-2)', async () => {
  const [rose, ruscus] = [await shop.sellOne(30), await shop.sellOne(30)]
  const bouquet = await shop.bind([{ variant_id: rose, quantity: 3 }])
  const orders = [newId(), newId(), newId()]
  await hold(orders[0] ?? '', [{ variant_id: rose, quantity: 2 }])
  await hold(orders[1] ?? '', [
    { variant_id: bouquet, quantity: 1 },
    { variant_id: ruscus, quantity: 4 },
  ])
  await hold(orders[2] ?? '', [{ variant_id: rose, quantity: 1 }])
  await transaction(shop.db, (tx) => publish(tx, [...orders.map(due), ...orders.map(fulfilled)]))
  await deliverEvents(shop.db, [shop.module], { together: true })
  assert.deepEqual(await stockOf(rose), { on_hand: 24, reserved: 0 })
  assert.deepEqual(await stockOf(ruscus), { on_hand: 26, reserved: 0 })
  const { body } = await shop.ask(`/admin/variants/${rose}/movements`)
  const sold = (body.items as { kind: string; delta: number; order_id: string }[]).filter(({ kind }) => kind === 'sale')
  assert.deepEqual(
    new Map(sold.map(({ order_id, delta }) => [order_id, delta])),
    new Map(orders.map((id, i) => [id, -([2, 3, 1][i] ?? 0)])),
  )
  assert.deepEqual(
    (await told('catalog.variant-stock-changed.v1', rose)).map((each) => (each as { on_hand: number }).on_hand),
    [24],
  )
  await assertNoViolations()
})

test('what sells best stands first in the popular list (CAT-6)', async () => {
  const [loved, rare] = [await shop.sellOne(9), await shop.sellOne(9)]
  const order = newId()
  await hold(order, [{ variant_id: loved, quantity: 8 }])
  const other = newId()
  await hold(other, [{ variant_id: rare, quantity: 1 }])
  await shop.subscriptions(fulfilled(order), fulfilled(other))
  const { body } = await shop.ask('/catalog/products?sort=popular&page_size=100')
  const ids = body.items.map((card: { variant_id: string }) => card.variant_id)
  assert.ok(ids.indexOf(loved) < ids.indexOf(rare))
  assert.equal(ids[0], loved)
})

test('money that came after the hold ran out takes the goods again, if they are still there (CAT-13)', async () => {
  const [rose, order, greedy] = [await shop.sellOne(3), newId(), newId()]
  await hold(order, [{ variant_id: rose, quantity: 2 }])
  shop.pass(minutes(31))
  await expire()
  await shop.subscriptions(due(order))
  assert.deepEqual(await stockOf(rose), { on_hand: 3, reserved: 2 })

  await shop.release(order)
  const late = newId()
  await hold(late, [{ variant_id: rose, quantity: 2 }])
  shop.pass(minutes(31))
  await expire()
  await hold(greedy, [{ variant_id: rose, quantity: 3 }])
  await assert.rejects(shop.subscriptions(due(late)), /sold out/)
  assert.deepEqual(await stockOf(rose), { on_hand: 3, reserved: 3 })
  await shop.ask(`/admin/variants/${rose}/stock`, { method: 'POST', body: { delta: 2, reason: 'delivery' } })
  await deliverEvents(shop.db, [shop.module])
  assert.deepEqual(await stockOf(rose), { on_hand: 5, reserved: 5 })
  await assertNoViolations()
})

test('an order nobody held cannot be sold (CAT-13)', async () => {
  const stray = fulfilled(newId())
  await assert.rejects(shop.subscriptions(stray), /nothing is held/)
  await sql`delete from platform.event where partition_key = ${String(stray.payload['order_id'])}`.execute(shop.db)
})

/** One order's possible fates, in any mixture with others. */
const step = fc.record({
  order: fc.nat({ max: 5 }),
  what: fc.constantFrom('hold', 'hold bouquet', 'release', 'due', 'fulfil', 'expire', 'restock'),
  quantity: fc.integer({ min: 1, max: 4 }),
})

type Modelled = { state: 'held' | 'firm' | 'over' | 'sold'; stems: number }

test('whatever happens to orders in whatever order, no piece is lost or sold twice (CAT-13)', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async (steps) => {
      const rose = await shop.sellOne(12)
      const bouquet = await shop.bind([{ variant_id: rose, quantity: 3 }])
      const ids = Array.from({ length: 6 }, () => newId())
      const orders = new Map<string, Modelled>()
      let on_hand = 12
      const reserved = () =>
        [...orders.values()].reduce(
          (sum, { state, stems }) => sum + (state === 'held' || state === 'firm' ? stems : 0),
          0,
        )

      for (const { order, what, quantity } of steps) {
        const id = ids[order] ?? ''
        const known = orders.get(id)
        if (what === 'hold' || what === 'hold bouquet') {
          const stems = what === 'hold' ? quantity : quantity * 3
          const holding = await hold(id, [{ variant_id: what === 'hold' ? rose : bouquet, quantity }])
          const expected = known ? known.state === 'held' || known.state === 'firm' : on_hand - reserved() >= stems
          assert.equal(holding.kind === 'held', expected)
          if (!known && expected) orders.set(id, { state: 'held', stems })
        } else if (what === 'release') {
          await shop.release(id)
          if (known?.state !== 'sold') orders.set(id, { state: 'over', stems: known?.stems ?? 0 })
        } else if (what === 'due' && known?.state === 'held') {
          await shop.subscriptions(due(id))
          known.state = 'firm'
        } else if (what === 'fulfil' && (known?.state === 'held' || known?.state === 'firm')) {
          await shop.subscriptions(fulfilled(id))
          known.state = 'sold'
          on_hand -= known.stems
        } else if (what === 'expire') {
          shop.pass(minutes(31))
          await expire()
          for (const each of orders.values()) if (each.state === 'held') each.state = 'over'
        } else if (what === 'restock') {
          await shop.ask(`/admin/variants/${rose}/stock`, {
            method: 'POST',
            body: { delta: quantity, reason: 'delivery' },
          })
          on_hand += quantity
        }
        assert.deepEqual(await stockOf(rose), { on_hand, reserved: reserved() })
      }
      const [offer] = await shop.shop.offersOf([bouquet])
      assert.equal(offer?.available, Math.floor((on_hand - reserved()) / 3))
      await assertNoViolations()
    }),
    { numRuns: 15 },
  )
})
