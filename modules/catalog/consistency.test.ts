import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { crowd, expectProblem, expectResponse } from '#platform/testing'
import { ProductList } from './search/schema.ts'
import { AdminCategory } from './taxonomy/schema.ts'
import { type CatalogTest, openCatalogTest } from './testing.ts'

let catalog: CatalogTest
before(async () => {
  catalog = await openCatalogTest()
})
after(() => catalog.close())

const activeOf = async (product_id: string) => {
  const { rows } = await sql<{ product: boolean; variants: boolean[] }>`
    select is_active as product, array(select is_active from catalog.variants v where v.product_id = p.id order by position) as variants
    from catalog.products p where id = ${product_id}`.execute(catalog.db)
  return rows[0]
}

const addTwoVariants = () =>
  catalog.addProduct({
    variants: [
      { price: 100, stock_quantity: 1 },
      { price: 200, stock_quantity: 1 },
    ],
  })

const listed = async (query: string) =>
  expectResponse(await catalog.read(`/catalog/products?${query}`), 200, ProductList).items

test('a product deactivated by plain SQL deactivates its variants and leaves the lists (CAT-9, CAT-8)', async () => {
  const { id, slug, name } = await addTwoVariants()
  await sql`update catalog.products set is_active = false where id = ${id}`.execute(catalog.db)
  assert.deepEqual(await activeOf(id), { product: false, variants: [false, false] })
  expectProblem(await catalog.read(`/catalog/products/${slug}`), 404, 'not-found')
  const cards = await listed(`search=${encodeURIComponent(name.en)}`)
  assert.equal(
    cards.some((card) => card.id === id),
    false,
  )
})

test('the last variant deactivated by plain SQL deactivates the product, an earlier one does not (CAT-9)', async () => {
  const { id, variants } = await addTwoVariants()
  await sql`update catalog.variants set is_active = false where id = ${variants[0]?.id}`.execute(catalog.db)
  assert.deepEqual(await activeOf(id), { product: true, variants: [false, true] })
  await sql`update catalog.variants set is_active = false where id = ${variants[1]?.id}`.execute(catalog.db)
  assert.deepEqual(await activeOf(id), { product: false, variants: [false, false] })
})

test('two last variants deactivated at the same moment deactivate the product (CAT-9)', async () => {
  const products = await Promise.all(Array.from({ length: 10 }, addTwoVariants))
  await Promise.all(
    products.map(({ variants }) =>
      crowd(2, (i) =>
        sql`update catalog.variants set is_active = false where id = ${variants[i]?.id}`.execute(catalog.db),
      ),
    ),
  )
  for (const { id } of products) assert.deepEqual(await activeOf(id), { product: false, variants: [false, false] })
})

test('deleting the last active variant by plain SQL deactivates the product (CAT-9)', async () => {
  const { id, variants } = await addTwoVariants()
  const ids = variants.map((variant) => variant.id)
  await sql`delete from catalog.variants where id = any(${ids}::uuid[])`.execute(catalog.db)
  assert.deepEqual(await activeOf(id), { product: false, variants: [] })
})

test('the lists show the current price and name, also after plain SQL (CAT-6)', async () => {
  const { id } = await addTwoVariants()
  const name = '{"ru": "Переименован", "en": "Renamed thing"}'
  await sql`update catalog.variants set price = 55 where product_id = ${id} and price = 100`.execute(catalog.db)
  await sql`update catalog.products set name = ${name} where id = ${id}`.execute(catalog.db)
  const cards = await listed('search=renamed&price_max=55')
  assert.deepEqual(
    cards.map((card) => [card.id, card.price]),
    [[id, 55]],
  )
})

test('a category that moves takes its products along (CAT-1)', async () => {
  const addCategory = async (body: object) =>
    expectResponse(await catalog.asStaff('POST /admin/categories', body), 201, AdminCategory).id
  const garden = await addCategory({ name: 'Garden', slug: 'garden' })
  const home = await addCategory({ name: 'Home', slug: 'home' })
  const tools = await addCategory({ name: 'Tools', slug: 'tools', parent_id: garden })
  const pots = await addCategory({ name: 'Pots', slug: 'pots', parent_id: tools })
  const { id } = await catalog.addProduct({ category_id: pots })
  const idsIn = async (slug: string) => (await listed(`category=${slug}`)).map((card) => card.id)
  assert.deepEqual([await idsIn('garden'), await idsIn('home')], [[id], []])
  expectResponse(await catalog.asStaff(`PATCH /admin/categories/${tools}`, { parent_id: home }), 200)
  assert.deepEqual([await idsIn('garden'), await idsIn('home')], [[], [id]])
})

test('a bundle without a price of its own follows the prices of its components (CAT-5)', async () => {
  const rose = await catalog.addVariant(10, { price: 100 })
  const ruscus = await catalog.addVariant(10, { price: 30 })
  const bouquet = await catalog.addBouquet([
    { variant_id: rose, quantity: 5 },
    { variant_id: ruscus, quantity: 2 },
  ])
  const price = async () => (await catalog.offersOf([bouquet]))[0]?.price
  assert.equal(await price(), 560)
  expectResponse(await catalog.asStaff(`PATCH /admin/variants/${rose}`, { price: 110 }), 200)
  assert.equal(await price(), 610)
  await catalog.assertNoViolations()
})
