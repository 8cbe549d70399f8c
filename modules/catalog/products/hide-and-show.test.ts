import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { crowd, expectProblem, expectResponse } from '#platform/testing'
import { newId } from '#platform/values'
import { ProductList } from '../search/schema.ts'
import { type CatalogTest, openCatalogTest } from '../testing.ts'
import { AdminProduct, Product } from './schema.ts'
import { AdminVariant } from './variant-schema.ts'

let catalog: CatalogTest
before(async () => {
  catalog = await openCatalogTest()
})
after(() => catalog.close())

const threeVariants = () =>
  catalog.addProduct({
    variants: [
      { price: 100, stock_quantity: 5 },
      { price: 200, stock_quantity: 5, is_active: false },
      { price: 300, stock_quantity: 5 },
    ],
  })
const change = async (id: string, body: object) =>
  expectResponse(await catalog.asStaff(`PATCH /admin/products/${id}`, body), 200, AdminProduct)
const changeVariant = async (id: string | undefined, body: object) =>
  expectResponse(await catalog.asStaff(`PATCH /admin/variants/${id}`, body), 200, AdminVariant)
const flagsOf = ({ variants }: AdminProduct) => variants.map(({ is_active }) => is_active)
const activeInDatabase = async (product_id: string) => {
  const { rows } = await sql<{ is_active: boolean }>`
    select is_active from catalog.variants where product_id = ${product_id} order by position`.execute(catalog.db)
  return rows.map(({ is_active }) => is_active)
}

test('a product that is hidden and shown again sells the variants that it sold before (F-62, CAT-9)', async () => {
  const { id } = await threeVariants()
  const hidden = await change(id, { is_active: false })
  assert.deepEqual(flagsOf(hidden), [true, false, true], 'staff see the choice of each variant')
  assert.deepEqual(await activeInDatabase(id), [false, false, false], 'no variant of a hidden product is active')
  expectProblem(await catalog.read(`/catalog/products/${id}`), 404, 'not-found')
  const shown = await change(id, { is_active: true })
  assert.deepEqual(flagsOf(shown), [true, false, true])
  const page = expectResponse(await catalog.read(`/catalog/products/${id}`), 200, Product)
  assert.deepEqual(
    page.variants.map(({ price }) => price),
    [100, 300],
  )
  await catalog.assertNoViolations()
})

test('plain SQL that hides and shows a product restores its variants too (F-62, CAT-9)', async () => {
  const { id } = await threeVariants()
  const set = (is_active: boolean) =>
    sql`update catalog.products set is_active = ${is_active} where id = ${id}`.execute(catalog.db)
  await set(false)
  assert.deepEqual(await activeInDatabase(id), [false, false, false])
  await set(true)
  assert.deepEqual(await activeInDatabase(id), [true, false, true])
  await catalog.assertNoViolations()
})

test('a variant that is changed while its product is hidden follows the change when it is shown (F-62)', async () => {
  const { id, variants } = await threeVariants()
  await change(id, { is_active: false })
  assert.equal((await changeVariant(variants[0]?.id, { is_active: false })).is_active, false)
  assert.equal((await changeVariant(variants[1]?.id, { is_active: true })).is_active, true)
  assert.deepEqual(await activeInDatabase(id), [false, false, false])
  assert.deepEqual(flagsOf(await change(id, { is_active: true })), [false, true, true])
  assert.deepEqual(await activeInDatabase(id), [false, true, true])
})

test('a variant that plain SQL deactivates is not restored with its product (F-62, CAT-9)', async () => {
  const { id, variants } = await threeVariants()
  await sql`update catalog.products set is_active = false where id = ${id}`.execute(catalog.db)
  await sql`update catalog.variants set is_active = true where id = ${variants[0]?.id}`.execute(catalog.db)
  await sql`update catalog.variants set is_active = false where id = ${variants[0]?.id}`.execute(catalog.db)
  await sql`update catalog.products set is_active = true where id = ${id}`.execute(catalog.db)
  assert.deepEqual(await activeInDatabase(id), [false, false, true])
})

test('a product without a variant to sell is not shown (F-62, CAT-9)', async () => {
  const { id, variants } = await threeVariants()
  for (const variant of variants) await changeVariant(variant.id, { is_active: false })
  expectProblem(await catalog.asStaff(`PATCH /admin/products/${id}`, { is_active: true }), 409, 'nothing-to-sell')
})

test('a product is created on sale only with an active variant (CAT-9)', async () => {
  const product = (fields: object, ...active: boolean[]) => ({
    type: 'tea',
    name: { ru: 'Улун', en: 'Oolong' },
    variants: active.map((is_active) => ({ price: 100, is_active })),
    ...fields,
  })
  const create = (body: object) => catalog.asStaff('POST /admin/products', body)
  expectProblem(await create(product({ is_active: true }, false)), 409, 'nothing-to-sell')
  for (const [body, is_active] of [
    [product({}, false), false],
    [product({}, false, true), true],
    [product({ is_active: false }, true), false],
  ] as const) {
    const created = expectResponse(await create(body), 201, AdminProduct)
    assert.equal(created.is_active, is_active)
  }
  await catalog.assertNoViolations()
})

test('a product that is hidden and shown at once ends in one of the two states (F-62, CAT-9)', async () => {
  const { id } = await threeVariants()
  await crowd(20, (i) => catalog.asStaff(`PATCH /admin/products/${id}`, { is_active: i % 2 === 0 }))
  const { is_active } = await change(id, { slug: `slug-${id}` })
  assert.deepEqual(await activeInDatabase(id), is_active ? [true, false, true] : [false, false, false])
  await catalog.assertNoViolations()
})

async function addBouquet() {
  const rose = await catalog.addProduct({ variants: [{ price: 100, stock_quantity: 9, weight_grams: 40 }] })
  const ruscus = await catalog.addProduct({ variants: [{ price: 30, stock_quantity: 9, weight_grams: 15 }] })
  const [rose_id = '', ruscus_id = ''] = [rose.variants[0]?.id, ruscus.variants[0]?.id]
  const bouquet = await catalog.addProduct({
    type: 'bouquet',
    variants: [
      {
        components: [
          { variant_id: rose_id, quantity: 3 },
          { variant_id: ruscus_id, quantity: 2 },
        ],
      },
    ],
  })
  return { rose, ruscus, bouquet, rose_id, bouquet_variant: bouquet.variants[0]?.id ?? '' }
}

test('a bundle with a hidden part is sold out until the part is shown (F-62, CAT-5)', async () => {
  const { rose, bouquet, bouquet_variant } = await addBouquet()
  const page = async () => expectResponse(await catalog.read(`/catalog/products/${bouquet.id}`), 200, Product)
  const isListedInStock = async () =>
    expectResponse(await catalog.read('/catalog/bouquets?in_stock=true'), 200, ProductList).items.some(
      ({ id }) => id === bouquet.id,
    )
  const hold = () =>
    catalog.hold({
      order_id: newId(),
      items: [{ variant_id: bouquet_variant, quantity: 1 }],
      expires_at: new Date('2026-11-21T10:00:00Z'),
    })
  assert.deepEqual([(await page()).stock_quantity, await isListedInStock()], [3, true])
  await change(rose.id, { is_active: false })
  assert.deepEqual([(await page()).stock_quantity, (await page()).in_stock, await isListedInStock()], [0, false, false])
  assert.equal((await catalog.offersOf([bouquet_variant]))[0]?.available, 0)
  const refused = await hold()
  assert.deepEqual(refused.kind === 'refused' && refused.reason, 'out-of-stock')
  await catalog.assertNoViolations()
  await change(rose.id, { is_active: true })
  assert.deepEqual([(await page()).stock_quantity, await isListedInStock()], [3, true])
  assert.equal((await hold()).kind, 'held')
  await catalog.assertNoViolations()
})

test('a bundle with a part that plain SQL hides is sold out, also without tracked stock (F-62, CAT-5)', async () => {
  const { rose_id, bouquet_variant } = await addBouquet()
  await sql`update catalog.stock set policy = 'untracked' where variant_id = ${rose_id}`.execute(catalog.db)
  await sql`update catalog.variants set is_active = false where id = ${rose_id}`.execute(catalog.db)
  assert.equal((await catalog.offersOf([bouquet_variant]))[0]?.available, 0)
  await catalog.assertNoViolations()
})

test('a bundle weighs as much as its parts, unless staff weighed it (F-62, CAT-5)', async () => {
  const { rose_id, bouquet_variant, bouquet } = await addBouquet()
  const weight = async () =>
    expectResponse(await catalog.read(`/catalog/products/${bouquet.id}`), 200, Product).weight_grams
  assert.equal(await weight(), 150)
  await changeVariant(rose_id, { weight_grams: 50 })
  assert.equal(await weight(), 180)
  await changeVariant(bouquet_variant, { weight_grams: 500 })
  await changeVariant(rose_id, { weight_grams: 60 })
  assert.equal(await weight(), 500)
  await changeVariant(bouquet_variant, { weight_grams: null })
  assert.equal(await weight(), 210)
  await changeVariant(bouquet_variant, { components: [{ variant_id: rose_id, quantity: 1 }] })
  assert.equal(await weight(), 60)
  await catalog.assertNoViolations()
})

test('one text changes the language of its author only (F-62, rule 14)', async () => {
  const { id, variants } = await catalog.addProduct({ name: { ru: 'Роза', en: 'Rose' } })
  const patch = (path: `/${string}`, body: object, locale: string) =>
    catalog.asStaff(`PATCH ${path}`, body, { 'accept-language': locale })
  const named = await patch(`/admin/products/${id}`, { name: 'Тюльпан', description: 'Красный' }, 'ru')
  const { name, description } = expectResponse(named, 200, AdminProduct)
  assert.deepEqual(
    [name, description],
    [
      { ru: 'Тюльпан', en: 'Rose' },
      { ru: 'Красный', en: '' },
    ],
  )
  const titled = await patch(`/admin/variants/${variants[0]?.id}`, { title: 'Bunch' }, 'en')
  assert.deepEqual(expectResponse(titled, 200, AdminVariant).title, { ru: '', en: 'Bunch' })
  const both = await patch(`/admin/products/${id}`, { name: { ru: 'Пион', en: 'Peony' } }, 'ru')
  assert.deepEqual(expectResponse(both, 200, AdminProduct).name, { ru: 'Пион', en: 'Peony' })
})
