import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { crowd, expectResponse } from '#platform/testing'
import { after as later, minutes, newId } from '#platform/values'
import type { HoldItem, HoldOutcome } from '../../api.ts'
import { ProductList } from '../../search/schema.ts'
import { type CatalogTest, openCatalogTest } from '../../testing.ts'

let catalog: CatalogTest
before(async () => {
  catalog = await openCatalogTest()
})
after(() => catalog.close())

const hold = (items: readonly HoldItem[], rest: { order_id?: string; expected_total?: number } = {}) =>
  catalog.hold({ order_id: newId(), items, expires_at: later(catalog.now(), minutes(30)), ...rest })

const kindsOf = (results: readonly PromiseSettledResult<HoldOutcome>[]) =>
  results.map((result) => (result.status === 'fulfilled' ? result.value.kind : `threw ${result.reason}`))

const count = <Item>(items: readonly Item[], value: Item) => items.filter((item) => item === value).length

const stockOf = (variant_id: string) =>
  catalog.db.selectFrom('catalog.stock').selectAll().where('variant_id', '=', variant_id).executeTakeFirstOrThrow()

test('of 200 buyers of 50 pieces exactly 50 get one (CAT-13, REL-5)', async () => {
  const rose = await catalog.addVariant(50)
  const outcomes = kindsOf(await crowd(200, () => hold([{ variant_id: rose, quantity: 1 }])))
  assert.equal(count(outcomes, 'held'), 50)
  assert.equal(count(outcomes, 'refused'), 150)
  assert.equal((await stockOf(rose)).reserved, 50)
  await catalog.assertNoViolations()
})

test('bouquets and single flowers share 50 stems: exactly 50 stems are held (CAT-13, REL-5)', async () => {
  const rose = await catalog.addVariant(50)
  const ruscus = await catalog.addVariant(1000)
  const bouquet = await catalog.addBouquet([
    { variant_id: ruscus, quantity: 1 },
    { variant_id: rose, quantity: 2 },
  ])
  const items = [
    [{ variant_id: bouquet, quantity: 1 }],
    [{ variant_id: rose, quantity: 1 }],
    [
      { variant_id: rose, quantity: 1 },
      { variant_id: bouquet, quantity: 1 },
      { variant_id: ruscus, quantity: 1 },
    ],
  ]
  const stems = [2, 1, 3]
  const outcomes = kindsOf(await crowd(200, (i) => hold(items[i % 3] ?? [])))
  const heldStems = outcomes.reduce((sum, outcome, i) => sum + (outcome === 'held' ? (stems[i % 3] ?? 0) : 0), 0)
  assert.equal(
    count(outcomes, 'held') + count(outcomes, 'refused'),
    200,
    String(outcomes.find((each) => each.startsWith('threw'))),
  )
  assert.equal((await stockOf(rose)).reserved, heldStems)
  assert.equal(heldStems, 50)
  await catalog.assertNoViolations()
})

test('orders of the same variants in opposite order never deadlock (CAT-13)', async () => {
  const [one, other] = [await catalog.addVariant(200), await catalog.addVariant(200)]
  const before = await catalog.countDeadlocks()
  const outcomes = kindsOf(
    await crowd(100, (i) => {
      const items = [
        { variant_id: one, quantity: 1 },
        { variant_id: other, quantity: 1 },
      ]
      return hold(i % 2 ? items : items.toReversed())
    }),
  )
  assert.equal(count(outcomes, 'held'), 100)
  assert.equal(await catalog.countDeadlocks(), before)
})

test('the database itself refuses to oversell (CAT-2)', async () => {
  const rose = await catalog.addVariant(3)
  await assert.rejects(
    sql`update catalog.stock set reserved = 4 where variant_id = ${rose}`.execute(catalog.db),
    /stock_reserved/,
  )
  await assert.rejects(
    sql`update catalog.stock set on_hand = -1 where variant_id = ${rose}`.execute(catalog.db),
    /stock_reserved/,
  )
})

test('twenty calls for one order at once hold it once (CAT-13)', async () => {
  const rose = await catalog.addVariant(10)
  const order_id = newId()
  const results = await crowd(20, () => hold([{ variant_id: rose, quantity: 3 }], { order_id }))
  const [first, ...others] = results.map((result) => (result.status === 'fulfilled' ? result.value : result.reason))
  assert.equal(first.kind, 'held')
  for (const other of others) assert.deepEqual(other, first)
  assert.equal((await stockOf(rose)).reserved, 3)
})

test('a repeated call returns the lines with the prices of the first call (CAT-13)', async () => {
  const tea = await catalog.addProduct({
    name: { ru: 'Те Гуань Инь', en: 'Tie Guan Yin' },
    variants: [
      { title: { ru: '100 г', en: '100 g' }, price: 90_000, weight_grams: 100, stock_quantity: 5, sku: 'TGY-100' },
    ],
  })
  const [variant] = tea.variants
  const order_id = newId()
  const items = [{ variant_id: variant?.id ?? '', quantity: 2 }]
  const first = await hold(items, { order_id })
  await catalog.db.updateTable('catalog.variants').set({ price: 95_000 }).where('product_id', '=', tea.id).execute()
  assert.deepEqual(await hold(items, { order_id, expected_total: 1 }), first)
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

test('another body under the id of an order gets none of its goods, and changes nothing (F-6, CAT-13)', async () => {
  const [rose, ruscus] = [await catalog.addVariant(10), await catalog.addVariant(1)]
  const order_id = newId()
  const first = await hold([{ variant_id: rose, quantity: 1 }], { order_id })
  const others = [
    [{ variant_id: ruscus, quantity: 1 }],
    [{ variant_id: ruscus, quantity: 2 }],
    [{ variant_id: rose, quantity: 2 }],
    [{ variant_id: newId(), quantity: 1 }],
    [
      { variant_id: rose, quantity: 1 },
      { variant_id: ruscus, quantity: 1 },
    ],
  ]
  for (const items of others) assert.deepEqual(await hold(items, { order_id }), { kind: 'refused', reason: 'id-taken' })
  assert.deepEqual(await hold([{ variant_id: rose, quantity: 1 }], { order_id }), first)
  assert.deepEqual([(await stockOf(rose)).reserved, (await stockOf(ruscus)).reserved], [1, 0])
  await catalog.assertNoViolations()
})

test('the same items in another order and spelling are the same body (F-6, CAT-13)', async () => {
  const [rose, ruscus] = [await catalog.addVariant(10), await catalog.addVariant(10)]
  const order_id = newId()
  const items = [
    { variant_id: rose, quantity: 2 },
    { variant_id: ruscus, quantity: 1 },
    { variant_id: rose, quantity: 1 },
  ]
  const first = await hold(items, { order_id })
  const same = [
    { variant_id: ruscus.toUpperCase(), quantity: 1 },
    { variant_id: rose, quantity: 3 },
  ]
  assert.deepEqual(await hold(same, { order_id: order_id.toUpperCase(), expected_total: 1 }), first)
})

test('of two bodies under one id at once one is held, and only callers with that body are answered with it (F-6, CAT-13)', async () => {
  const bodies = await Promise.all(
    [1, 2].map(async (quantity) => ({ variant_id: await catalog.addVariant(10), quantity })),
  )
  for (let round = 0; round < 10; round++) {
    const order_id = newId()
    const outcomes = await crowd(10, async (i) => {
      const body = bodies[i % 2] ?? assert.fail()
      return { body, outcome: await hold([body], { order_id }) }
    })
    const answered = outcomes.map((each) => (each.status === 'fulfilled' ? each.value : assert.fail(each.reason)))
    const held = answered.filter(({ outcome }) => outcome.kind === 'held')
    assert.equal(new Set(held.map(({ body }) => body)).size, 1)
    assert.equal(held.length, 5)
    for (const { body, outcome } of held)
      assert.deepEqual(outcome.kind === 'held' && outcome.lines.map((line) => [line.variant_id, line.quantity]), [
        [body.variant_id, body.quantity],
      ])
    for (const { outcome } of answered) if (outcome.kind === 'refused') assert.equal(outcome.reason, 'id-taken')
    await catalog.release(order_id)
  }
  await catalog.assertNoViolations()
})

test('an order is held as a whole or not at all, and the refusal names the missing variant (CAT-13)', async () => {
  const [plenty, scarce] = [await catalog.addVariant(10), await catalog.addVariant(1)]
  const outcome = await hold([
    { variant_id: plenty, quantity: 2 },
    { variant_id: scarce, quantity: 2 },
  ])
  assert.deepEqual(outcome, { kind: 'refused', reason: 'out-of-stock', variant_ids: [scarce] })
  assert.equal((await stockOf(plenty)).reserved, 0)
})

test('a buyer who saw another total is refused with the current one (CAT-13)', async () => {
  const rose = await catalog.addVariant(5)
  const outcome = await hold([{ variant_id: rose, quantity: 2 }], { expected_total: 19_999 })
  assert.deepEqual(outcome, { kind: 'refused', reason: 'price-changed', total_amount: 20_000, currency: 'RUB' })
})

test('an inactive or unknown variant cannot be held (CAT-8, CAT-13)', async () => {
  const { variants } = await catalog.addProduct({
    variants: [
      { price: 1, stock_quantity: 5 },
      { price: 2, stock_quantity: 5 },
    ],
  })
  const rose = variants[0]?.id ?? ''
  await catalog.db.updateTable('catalog.variants').set({ is_active: false }).where('id', '=', rose).execute()
  const unknown = newId()
  const outcome = await hold([
    { variant_id: rose, quantity: 1 },
    { flower_id: unknown, quantity: 1 },
  ])
  assert.deepEqual(outcome, { kind: 'refused', reason: 'not-for-sale', variant_ids: [rose, unknown] })
})

test('an order cannot mix roubles and stars (rule 3)', async () => {
  const [rose, star] = [await catalog.addVariant(5), await catalog.addVariant(5, { currency: 'XTR' })]
  const outcome = await hold([
    { variant_id: rose, quantity: 1 },
    { variant_id: star, quantity: 1 },
  ])
  assert.deepEqual(outcome, { kind: 'refused', reason: 'mixed-currencies' })
})

test('a flower_id buys the first active variant by position (CAT-7)', async () => {
  const { id } = await catalog.addProduct({
    variants: [
      { price: 1, position: 1, is_active: false },
      { price: 300, position: 3, stock_quantity: 5 },
      { price: 200, position: 2, stock_quantity: 5 },
      { price: 400, position: 4, stock_quantity: 5 },
    ],
  })
  const outcome = await hold([{ flower_id: id, quantity: 1 }])
  assert.equal(outcome.kind === 'held' && outcome.total_amount, 200)
})

test('a variant whose stock is not tracked never runs out (CAT-2)', async () => {
  const card = await catalog.addVariant(0, { stock_policy: 'untracked' })
  const outcome = await hold([{ variant_id: card, quantity: 1000 }])
  assert.equal(outcome.kind, 'held')
  assert.deepEqual(await catalog.offersOf([card]).then(([offer]) => offer?.available), null)
  await catalog.assertNoViolations()
})

test('when the last piece is held the lists show it as sold out and one event is published (CAT-6, CAT-13)', async () => {
  const rose = await catalog.addVariant(2)
  const bouquet = await catalog.addBouquet([{ variant_id: rose, quantity: 2 }])
  const listed = async () => {
    const { items } = expectResponse(await catalog.read('/catalog/bouquets?page_size=100'), 200, ProductList)
    return items.find((card) => card.variant_id === bouquet) ?? assert.fail('the bouquet is not listed')
  }
  assert.equal((await listed()).in_stock, true)

  await hold([{ variant_id: rose, quantity: 1 }])
  assert.deepEqual([(await listed()).in_stock, (await listed()).stock_quantity], [false, 0])
  assert.equal(await countEvents(rose), 0)
  await hold([{ variant_id: rose, quantity: 1 }])
  assert.equal(await countEvents(rose), 1)
  await catalog.assertNoViolations()
})

test('orders that take the last pieces of two variants in one transaction leave the product sold out (CAT-6, CAT-13)', async () => {
  const { variants } = await catalog.addProduct({
    variants: [
      { price: 1, stock_quantity: 1 },
      { price: 2, stock_quantity: 1 },
    ],
  })
  await crowd(2, (i) => hold([{ variant_id: variants[i]?.id ?? '', quantity: 1 }]))
  await catalog.assertNoViolations()
})

async function countEvents(variant_id: string) {
  const { rows } = await sql`
    select from platform.event where type = 'catalog.variant-stock-changed.v1' and partition_key = ${variant_id}`.execute(
    catalog.db,
  )
  return rows.length
}

test('a repeat beside the buyer of the last piece leaves the change of stock to that buyer (CAT-13)', async () => {
  const rose = await catalog.addVariant(2)
  const [repeated, last] = [newId(), newId()]
  const items = [{ variant_id: rose, quantity: 1 }]
  await hold(items, { order_id: repeated })
  const held = await Promise.all([hold(items, { order_id: repeated }), hold(items, { order_id: last })])
  assert.deepEqual(
    held.map(({ kind }) => kind),
    ['held', 'held'],
  )
  const { product_id } = await catalog.db
    .selectFrom('catalog.variants')
    .select('product_id')
    .where('id', '=', rose)
    .executeTakeFirstOrThrow()
  const { rows } = await sql<{ in_stock: boolean }>`
    select in_stock from catalog.listings where product_id = ${product_id}`.execute(catalog.db)
  assert.deepEqual(rows, [{ in_stock: false }])
  await catalog.assertNoViolations()
})

test('a hold that two attempts rely on outlives the refusal of one of them (CAT-13, ORD-12)', async () => {
  const rose = await catalog.addVariant(1)
  const order_id = newId()
  const items = [{ variant_id: rose, quantity: 1 }]
  // The second attempt finds the last piece taken: by its own hold.
  for (let attempt = 1; attempt <= 2; attempt++) assert.equal((await hold(items, { order_id })).kind, 'held')
  await catalog.withdrawHold(order_id)
  assert.equal((await stockOf(rose)).reserved, 1)
  await catalog.withdrawHold(order_id)
  assert.equal((await stockOf(rose)).reserved, 0)
  await catalog.withdrawHold(order_id)
  assert.equal((await hold(items, { order_id })).kind, 'refused')

  const [other, tulip] = [newId(), await catalog.addVariant(5)]
  for (let attempt = 1; attempt <= 3; attempt++) await hold([{ variant_id: tulip, quantity: 2 }], { order_id: other })
  await catalog.expireHold(other)
  assert.equal((await stockOf(tulip)).reserved, 0)
  await catalog.assertNoViolations()
})

test('an order that is placed on an old hold has the whole time to pay (CAT-13)', async () => {
  const rose = await catalog.addVariant(5)
  const order_id = newId()
  const item = { variant_id: rose, quantity: 1 }
  const until = async () => {
    const found = catalog.db.selectFrom('catalog.holds').select('expires_at').where('order_id', '=', order_id)
    return (await found.executeTakeFirstOrThrow()).expires_at?.getTime()
  }
  const holdUntil = (expires_at: Date) => catalog.hold({ order_id, items: [item], expires_at })
  const now = catalog.now()
  await holdUntil(later(now, minutes(30)))
  await holdUntil(later(now, minutes(44)))
  assert.equal(await until(), later(now, minutes(44)).getTime())
  await holdUntil(later(now, minutes(1)))
  assert.equal(await until(), later(now, minutes(44)).getTime(), 'a hold is never shortened')
  await hold([{ variant_id: rose, quantity: 2 }], { order_id })
  assert.equal(await until(), later(now, minutes(44)).getTime(), 'other goods claim nothing')
})
