import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { crowd } from '#platform/testing'
import { openTestShop, type TestShop } from './testing.ts'

let shop: TestShop
before(async () => {
  shop = await openTestShop()
})
after(() => shop.close())

const activeOf = async (product_id: string) => {
  const { rows } = await sql<{ product: boolean; variants: boolean[] }>`
    select is_active as product, array(select is_active from catalog.variants v where v.product_id = p.id order by position) as variants
    from catalog.products p where id = ${product_id}`.execute(shop.db)
  return rows[0]
}

const twoVariants = () =>
  shop.sell({
    variants: [
      { price: 100, stock_quantity: 1 },
      { price: 200, stock_quantity: 1 },
    ],
  })

test('a product switched off by plain SQL takes its variants along and leaves the lists (CAT-9, CAT-8)', async () => {
  const { id, slug, name } = await twoVariants()
  await sql`update catalog.products set is_active = false where id = ${id}`.execute(shop.db)
  assert.deepEqual(await activeOf(id), { product: false, variants: [false, false] })
  assert.equal((await shop.ask(`/catalog/products/${slug}`)).status, 404)
  const { body } = await shop.ask(`/catalog/products?search=${encodeURIComponent(name.en)}`)
  assert.equal(
    body.items.some((card: { id: string }) => card.id === id),
    false,
  )
})

test('the last variant switched off by plain SQL takes the product along, not sooner (CAT-9)', async () => {
  const { id, variants } = await twoVariants()
  await sql`update catalog.variants set is_active = false where id = ${variants[0]?.id}`.execute(shop.db)
  assert.deepEqual(await activeOf(id), { product: true, variants: [false, true] })
  await sql`update catalog.variants set is_active = false where id = ${variants[1]?.id}`.execute(shop.db)
  assert.deepEqual(await activeOf(id), { product: false, variants: [false, false] })
})

test('two last variants switched off at the same moment take the product along (CAT-9)', async () => {
  const products = await Promise.all(Array.from({ length: 10 }, twoVariants))
  await Promise.all(
    products.map(({ variants }) =>
      crowd(2, (i) =>
        sql`update catalog.variants set is_active = false where id = ${variants[i]?.id}`.execute(shop.db),
      ),
    ),
  )
  for (const { id } of products) assert.deepEqual(await activeOf(id), { product: false, variants: [false, false] })
})

test('the last active variant deleted by plain SQL takes the product along (CAT-9)', async () => {
  const { id, variants } = await twoVariants()
  await sql`delete from catalog.variants where id = any(${variants.map((variant) => variant.id)}::uuid[])`.execute(
    shop.db,
  )
  assert.deepEqual(await activeOf(id), { product: false, variants: [] })
})

test('the lists show the price and the words of today, whoever wrote them (CAT-6)', async () => {
  const { id } = await twoVariants()
  await sql`update catalog.variants set price = 55 where product_id = ${id} and price = 100`.execute(shop.db)
  await sql`update catalog.products set name = '{"ru": "Переименован", "en": "Renamed thing"}' where id = ${id}`.execute(
    shop.db,
  )
  const { body } = await shop.ask('/catalog/products?search=renamed&price_max=55')
  assert.deepEqual(
    body.items.map((card: { id: string; price: number }) => [card.id, card.price]),
    [[id, 55]],
  )
})

test('a category that moves takes its products along (CAT-1)', async () => {
  const make = async (body: object) => (await shop.ask('/admin/categories', { method: 'POST', body })).body.id
  const [garden, house] = [await make({ name: 'Garden', slug: 'garden' }), await make({ name: 'House', slug: 'house' })]
  const shelf = await make({ name: 'Shelf', slug: 'shelf', parent_id: garden })
  const pots = await make({ name: 'Pots', slug: 'pots', parent_id: shelf })
  const { id } = await shop.sell({ category_id: pots })
  const inside = async (slug: string) =>
    (await shop.ask(`/catalog/products?category=${slug}`)).body.items.map((card: { id: string }) => card.id)
  assert.deepEqual([await inside('garden'), await inside('house')], [[id], []])
  await shop.ask(`/admin/categories/${shelf}`, { method: 'PATCH', body: { parent_id: house } })
  assert.deepEqual([await inside('garden'), await inside('house')], [[], [id]])
})

test('a bundle without a price of its own costs what is in it, also tomorrow (CAT-5)', async () => {
  const rose = await shop.sellOne(10, { price: 100 })
  const ruscus = await shop.sellOne(10, { price: 30 })
  const bouquet = await shop.bind([
    { variant_id: rose, quantity: 5 },
    { variant_id: ruscus, quantity: 2 },
  ])
  const price = async () => (await shop.shop.offersOf([bouquet]))[0]?.price
  assert.equal(await price(), 560)
  await shop.ask(`/admin/variants/${rose}`, { method: 'PATCH', body: { price: 110 } })
  assert.equal(await price(), 610)
  for (const check of shop.module.checks ?? []) assert.deepEqual(await check.violations(), [], check.name)
})
