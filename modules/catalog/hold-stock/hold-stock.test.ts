import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { crowd } from '#platform/testing'
import { after as later, minutes, newId } from '#platform/values'
import type { HoldOutcome, Wanted } from '../api.ts'
import { openTestShop, type TestShop } from '../testing.ts'

let shop: TestShop
before(async () => {
  shop = await openTestShop()
})
after(() => shop.close())

const hold = (wants: readonly Wanted[], rest: { order_id?: string; expected_total?: number } = {}) =>
  shop.shop.hold({ order_id: newId(), wants, expires_at: later(shop.now(), minutes(30)), ...rest })

const heldIn = (results: readonly PromiseSettledResult<HoldOutcome>[]) =>
  results.map((result) => (result.status === 'fulfilled' ? result.value.kind : `threw ${result.reason}`))

const count = <Item>(items: readonly Item[], wanted: Item) => items.filter((item) => item === wanted).length

const stockOf = (variant_id: string) =>
  shop.db.selectFrom('catalog.stock').selectAll().where('variant_id', '=', variant_id).executeTakeFirstOrThrow()

async function assertNoViolations() {
  for (const check of shop.module.checks ?? []) assert.deepEqual(await check.violations(), [], check.name)
}

test('of 200 buyers of 50 pieces exactly 50 get one (CAT-13, REL-5)', async () => {
  const rose = await shop.sellOne(50)
  const outcomes = heldIn(await crowd(200, () => hold([{ variant_id: rose, quantity: 1 }])))
  assert.equal(count(outcomes, 'held'), 50)
  assert.equal(count(outcomes, 'refused'), 150)
  assert.equal((await stockOf(rose)).reserved, 50)
  await assertNoViolations()
})

test('bouquets and single flowers share 50 stems: exactly 50 stems are sold (CAT-13, REL-5)', async () => {
  const rose = await shop.sellOne(50)
  const ruscus = await shop.sellOne(1000)
  const bouquet = await shop.bind([
    { variant_id: ruscus, quantity: 1 },
    { variant_id: rose, quantity: 2 },
  ])
  const wants = [
    [{ variant_id: bouquet, quantity: 1 }],
    [{ variant_id: rose, quantity: 1 }],
    [
      { variant_id: rose, quantity: 1 },
      { variant_id: bouquet, quantity: 1 },
      { variant_id: ruscus, quantity: 1 },
    ],
  ]
  const stems = [2, 1, 3]
  const outcomes = heldIn(await crowd(200, (i) => hold(wants[i % 3] ?? [])))
  const sold = outcomes.reduce((sum, outcome, i) => sum + (outcome === 'held' ? (stems[i % 3] ?? 0) : 0), 0)
  assert.equal(
    count(outcomes, 'held') + count(outcomes, 'refused'),
    200,
    String(outcomes.find((each) => each.startsWith('threw'))),
  )
  assert.equal((await stockOf(rose)).reserved, sold)
  assert.equal(sold, 50)
  await assertNoViolations()
})

test('orders that want the same things in opposite order never wait for each other (CAT-13)', async () => {
  const [one, other] = [await shop.sellOne(200), await shop.sellOne(200)]
  const before = await deadlocks()
  const outcomes = heldIn(
    await crowd(100, (i) => {
      const wants = [
        { variant_id: one, quantity: 1 },
        { variant_id: other, quantity: 1 },
      ]
      return hold(i % 2 ? wants : wants.toReversed())
    }),
  )
  assert.equal(count(outcomes, 'held'), 100)
  assert.equal(await deadlocks(), before)
})

/** Every connection counts by itself until it is told to hand its counts over. */
async function deadlocks() {
  await crowd(20, () => sql`select pg_stat_force_next_flush(), pg_sleep(0.05)`.execute(shop.db))
  const { rows } = await sql<{ deadlocks: number }>`
    select deadlocks from pg_stat_database where datname = current_database()`.execute(shop.db)
  return rows[0]?.deadlocks
}

test('the database itself refuses to oversell, whoever writes (CAT-2)', async () => {
  const rose = await shop.sellOne(3)
  await assert.rejects(
    sql`update catalog.stock set reserved = 4 where variant_id = ${rose}`.execute(shop.db),
    /stock_reserved/,
  )
  await assert.rejects(
    sql`update catalog.stock set on_hand = -1 where variant_id = ${rose}`.execute(shop.db),
    /stock_reserved/,
  )
})

test('one order holds once, however often and however fast it asks (CAT-13)', async () => {
  const rose = await shop.sellOne(10)
  const order_id = newId()
  const results = await crowd(20, () => hold([{ variant_id: rose, quantity: 3 }], { order_id }))
  const [first, ...others] = results.map((result) => (result.status === 'fulfilled' ? result.value : result.reason))
  assert.equal(first.kind, 'held')
  for (const other of others) assert.deepEqual(other, first)
  assert.equal((await stockOf(rose)).reserved, 3)
})

test('a repeat gets the lines as they were sold, whatever they cost today (CAT-13)', async () => {
  const tea = await shop.sell({
    name: { ru: 'Те Гуань Инь', en: 'Tie Guan Yin' },
    variants: [
      { title: { ru: '100 г', en: '100 g' }, price: 90_000, weight_grams: 100, stock_quantity: 5, sku: 'TGY-100' },
    ],
  })
  const [variant] = tea.variants
  const order_id = newId()
  const wants = [{ variant_id: variant?.id ?? '', quantity: 2 }]
  const first = await hold(wants, { order_id })
  await shop.db.updateTable('catalog.variants').set({ price: 95_000 }).where('product_id', '=', tea.id).execute()
  assert.deepEqual(await hold(wants, { order_id, expected_total: 1 }), first)
  assert.deepEqual(first, {
    kind: 'held',
    lines: [
      {
        variant_id: variant?.id,
        product_id: tea.id,
        sku: 'TGY-100',
        title: { ru: 'Те Гуань Инь, 100 г', en: 'Tie Guan Yin, 100 g' },
        price: 90_000,
        weight_grams: 100,
        quantity: 2,
      },
    ],
    total_amount: 180_000,
    currency: 'RUB',
  })
})

test('all of an order is held or nothing, and the missing is named (CAT-13)', async () => {
  const [plenty, scarce] = [await shop.sellOne(10), await shop.sellOne(1)]
  const holding = await hold([
    { variant_id: plenty, quantity: 2 },
    { variant_id: scarce, quantity: 2 },
  ])
  assert.deepEqual(holding, { kind: 'refused', reason: 'out-of-stock', variant_ids: [scarce] })
  assert.equal((await stockOf(plenty)).reserved, 0)
})

test("who saw another price is told today's instead of paying it (CAT-13)", async () => {
  const rose = await shop.sellOne(5)
  const holding = await hold([{ variant_id: rose, quantity: 2 }], { expected_total: 19_999 })
  assert.deepEqual(holding, { kind: 'refused', reason: 'price-changed', total_amount: 20_000, currency: 'RUB' })
})

test('what is not on sale is not sold, also not by a bookmarked id (CAT-8, CAT-13)', async () => {
  const { variants } = await shop.sell({
    variants: [
      { price: 1, stock_quantity: 5 },
      { price: 2, stock_quantity: 5 },
    ],
  })
  const rose = variants[0]?.id ?? ''
  await shop.db.updateTable('catalog.variants').set({ is_active: false }).where('id', '=', rose).execute()
  const unknown = newId()
  const holding = await hold([
    { variant_id: rose, quantity: 1 },
    { flower_id: unknown, quantity: 1 },
  ])
  assert.deepEqual(holding, { kind: 'refused', reason: 'not-for-sale', variant_ids: [rose, unknown] })
})

test('rubles and stars are never added up (rule 3)', async () => {
  const [rose, star] = [await shop.sellOne(5), await shop.sellOne(5, { currency: 'XTR' })]
  const holding = await hold([
    { variant_id: rose, quantity: 1 },
    { variant_id: star, quantity: 1 },
  ])
  assert.deepEqual(holding, { kind: 'refused', reason: 'mixed-currencies' })
})

test('a flower_id buys the first active variant by position (CAT-7)', async () => {
  const { id } = await shop.sell({
    variants: [
      { price: 1, position: 1, is_active: false },
      { price: 300, position: 3, stock_quantity: 5 },
      { price: 200, position: 2, stock_quantity: 5 },
      { price: 400, position: 4, stock_quantity: 5 },
    ],
  })
  const holding = await hold([{ flower_id: id, quantity: 1 }])
  assert.equal(holding.kind === 'held' && holding.total_amount, 200)
})

test('what is not counted never runs out (CAT-2)', async () => {
  const card = await shop.sellOne(0, { stock_policy: 'untracked' })
  const holding = await hold([{ variant_id: card, quantity: 1000 }])
  assert.equal(holding.kind, 'held')
  assert.deepEqual(await shop.shop.offersOf([card]).then(([offer]) => offer?.available), null)
  await assertNoViolations()
})

test('when the last piece is held the lists say sold out and it is told once (CAT-6, CAT-13)', async () => {
  const rose = await shop.sellOne(2)
  const bouquet = await shop.bind([{ variant_id: rose, quantity: 2 }])
  const listed = () => shop.ask('/catalog/bouquets?page_size=100').then(({ body }) => body.items.find(isIt))
  const isIt = (card: { variant_id: string }) => card.variant_id === bouquet
  assert.equal((await listed()).in_stock, true)

  await hold([{ variant_id: rose, quantity: 1 }])
  assert.deepEqual([(await listed()).in_stock, (await listed()).stock_quantity], [false, 0])
  assert.equal(await toldOf(rose), 0)
  await hold([{ variant_id: rose, quantity: 1 }])
  assert.equal(await toldOf(rose), 1)
  await assertNoViolations()
})

async function toldOf(variant_id: string) {
  const { rows } = await sql`
    select from platform.event where type = 'catalog.variant-stock-changed.v1' and partition_key = ${variant_id}`.execute(
    shop.db,
  )
  return rows.length
}
