import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { crowd, expectProblem, expectResponse } from '#platform/testing'
import { ProductList } from '../search/schema.ts'
import { type CatalogTest, openCatalogTest } from '../testing.ts'
import { FlatAdminProduct } from './schema.ts'

let catalog: CatalogTest
before(async () => {
  catalog = await openCatalogTest()
})
after(() => catalog.close())

const maxPrice = 10_000_000_000

const addBouquet = (body: object) => catalog.asStaff('POST /catalog/bouquets', body)
const listBouquets = async () => expectResponse(await catalog.read('/catalog/bouquets'), 200, ProductList).items

test('a product costs at most a hundred million roubles, and a bouquet has at most 999 of one stem (CAT-2, rule 7)', async () => {
  const tooDear = await catalog.asStaff('POST /catalog/flowers', { name: 'Rose', price: maxPrice + 1 })
  expectProblem(tooDear, 400, 'validation-failed')
  const rose = await catalog.addVariant(5, { price: maxPrice })
  const tooMany = await addBouquet({ name: 'Many', components: [{ variant_id: rose, quantity: 1000 }] })
  expectProblem(tooMany, 400, 'validation-failed')
})

test('a bouquet whose price exceeds the limit is refused, and the lists still answer (CAT-5)', async () => {
  const rose = await catalog.addVariant(999, { price: maxPrice })
  const components = [{ variant_id: rose, quantity: 999 }]
  expectProblem(await addBouquet({ name: 'Dear', components }), 400, 'price-limit-exceeded')
  await listBouquets()

  const added = await addBouquet({ name: 'At a price of its own', price: 500, components })
  const { variant_id } = expectResponse(added, 201, FlatAdminProduct)
  const unpriced = await catalog.asStaff(`PATCH /admin/variants/${variant_id}`, { price: null })
  expectProblem(unpriced, 400, 'price-limit-exceeded')
})

test('the price of a stem cannot rise so far that a bouquet of it exceeds the limit (CAT-5)', async () => {
  const rose = await catalog.addVariant(99, { price: 100 })
  const bouquet = await catalog.addBouquet([{ variant_id: rose, quantity: 99 }])
  const changePrice = (price: number) => catalog.asStaff(`PATCH /admin/variants/${rose}`, { price })
  expectProblem(await changePrice(maxPrice), 400, 'price-limit-exceeded')
  expectResponse(await changePrice(100_000_000), 200)
  const card = (await listBouquets()).find(({ variant_id }) => variant_id === bouquet)
  assert.equal(card?.price, 9_900_000_000)
})

test('a bouquet costs the sum of its stems when their prices change at once (CAT-5)', async () => {
  const stems = await Promise.all(Array.from({ length: 8 }, () => catalog.addVariant(5, { price: 100 })))
  const bouquet = await catalog.addBouquet(stems.map((variant_id) => ({ variant_id, quantity: 1 })))
  for (const price of [200, 300, 400]) {
    await crowd(8, (i) => catalog.asStaff(`PATCH /admin/variants/${stems[i]}`, { price }))
    assert.equal((await catalog.offersOf([bouquet]))[0]?.price, 8 * price)
  }
  await catalog.assertNoViolations()
})

test('the database itself limits prices and bouquets (CAT-2, CAT-5)', async () => {
  const rose = await catalog.addVariant(5)
  const bouquet = await catalog.addBouquet([{ variant_id: rose, quantity: 1 }])
  await assert.rejects(
    sql`update catalog.variants set price = ${maxPrice + 1} where id = ${rose}`.execute(catalog.db),
    /variant_price/,
  )
  await assert.rejects(
    sql`update catalog.variants set compare_at_price = ${maxPrice + 1} where id = ${rose}`.execute(catalog.db),
    /variant_compare_at_price/,
  )
  await assert.rejects(
    sql`update catalog.bundle_components set quantity = 1000 where bundle_id = ${bouquet}`.execute(catalog.db),
    /bundle_components_quantity/,
  )
})
