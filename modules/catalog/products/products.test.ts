import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { anna, expectProblem, expectResponse } from '#platform/testing'
import { Page } from '#platform/schema'
import { newId } from '#platform/values'
import { productDeleted } from '../events.ts'
import { type CatalogTest, openCatalogTest } from '../testing.ts'
import { AdminBrewProfile } from './brew-profile-schema.ts'
import { AdminProduct, Product } from './schema.ts'
import { AdminVariant } from './variant-schema.ts'

let catalog: CatalogTest
before(async () => {
  catalog = await openCatalogTest()
})
after(() => catalog.close())

const createProduct = (body: object) => catalog.asStaff('POST /admin/products', body)
const changeProduct = (id: string, body: object) => catalog.asStaff(`PATCH /admin/products/${id}`, body)
const changeVariant = (id: string, body: object) => catalog.asStaff(`PATCH /admin/variants/${id}`, body)
const readProduct = async (idOrSlug: string, locale?: string) =>
  expectResponse(await catalog.read(`/catalog/products/${idOrSlug}`, locale), 200, Product)

const tea = (fields = {}) => ({
  type: 'tea',
  name: { ru: 'Да Хун Пао', en: 'Da Hong Pao' },
  attributes: { taste: ['smoke'] },
  variants: [
    { title: { ru: '50 г', en: '50 g' }, price: 60_000, weight_grams: 50, stock_quantity: 5 },
    { title: { ru: '100 г', en: '100 g' }, price: 110_000, weight_grams: 100, stock_quantity: 5 },
  ],
  ...fields,
})

/** The products of five concurrent requests with one body. */
const createConcurrently = async (body: object) => {
  const responses = await Promise.all(Array.from({ length: 5 }, () => createProduct(body)))
  return responses.map((response) => expectResponse(response, 201, AdminProduct))
}

test('staff add a tea with two packs, and its page shows both (CAT-1, CAT-2, CAT-11)', async () => {
  const { slug } = expectResponse(await createProduct(tea()), 201, AdminProduct)
  assert.equal(slug, 'da-hun-pao')
  const page = await readProduct(slug, 'ru')
  assert.deepEqual(
    page.variants.map((variant) => [variant.title, variant.price, variant.weight_grams, variant.stock_quantity]),
    [
      ['50 г', 60_000, 50, 5],
      ['100 г', 110_000, 100, 5],
    ],
  )
  assert.deepEqual(
    page.attribute_details.map(({ code, ui_hint, value }) => [code, ui_hint, value]),
    [['taste', 'chips', ['smoke']]],
  )
  assert.deepEqual(page.reviews, { count: 0, average: null, platforms: [] })
  const namesake = expectResponse(await createProduct(tea()), 201, AdminProduct)
  assert.match(namesake.slug, /^da-hun-pao-/)
})

test('a request with an id may be repeated; another product with that id is refused (rule 2)', async () => {
  const input = tea({ id: newId(), name: 'Bi Luo Chun' })
  const first = expectResponse(await createProduct(input), 201, AdminProduct)
  assert.deepEqual(expectResponse(await createProduct(input), 201, AdminProduct), first)
  expectProblem(await createProduct({ ...input, name: 'Long Jing' }), 409, 'id-taken')
})

test('concurrent requests with one id create one product, and all return it (rule 2)', async () => {
  for (let round = 0; round < 50; round++) {
    const input = tea({ id: newId(), name: `Keemun ${round}` })
    const [first, ...others] = await createConcurrently(input)
    for (const product of others) assert.deepEqual(product, first)
  }
})

test('products of one name that are created concurrently get different slugs (CAT-11)', async () => {
  const products = await createConcurrently(tea({ name: 'Tie Guan Yin' }))
  assert.equal(new Set(products.map(({ slug }) => slug)).size, 5)
})

test('a product that cannot exist is refused with its reason (CAT-11)', async () => {
  expectProblem(await createProduct(tea({ type: 'car' })), 400, 'unknown-type')
  expectProblem(await createProduct(tea({ category_id: newId() })), 400, 'unknown-category')
  expectProblem(await createProduct(tea({ tag_ids: [newId()] })), 400, 'unknown-tag')
  expectProblem(await createProduct(tea({ attributes: { taste: ['sea'] } })), 400, 'bad-attribute-value')
  expectProblem(await createProduct(tea({ variants: [{ sku: 'X' }] })), 400, 'price-missing')
  const badOldPrice = tea({ variants: [{ price: 5, compare_at_price: 5 }] })
  expectProblem(await createProduct(badOldPrice), 400, 'bad-compare-at-price')
  const sameSku = [
    { price: 5, sku: 'S' },
    { price: 6, sku: 'S' },
  ]
  expectProblem(await createProduct(tea({ variants: sameSku })), 409, 'sku-taken')
  expectProblem(await createProduct(tea({ slug: 'Bad Slug' })), 400, 'validation-failed')
})

test('a refused product leaves nothing behind (CAT-11)', async () => {
  const id = newId()
  const variants = [{ price: 5, stock_quantity: 1 }, { sku: 'without a price' }]
  expectProblem(await createProduct(tea({ id, variants })), 400, 'price-missing')
  expectProblem(await catalog.asStaff(`GET /admin/products/${id}`), 404, 'not-found')
})

test('a customer cannot see the products of the admin pages (CAT-11)', async () => {
  expectProblem(await catalog.send(anna, 'GET /admin/products'), 403, 'forbidden')
})

test('staff set, change and clear the origin country of a product, and its page shows it (CAT-11)', async () => {
  const added = expectResponse(await createProduct(tea({ origin_country: 'CN' })), 201, AdminProduct)
  assert.equal(added.origin_country, 'CN')
  const { id } = added
  for (const origin_country of ['TW', null]) {
    const changed = expectResponse(await changeProduct(id, { origin_country }), 200, AdminProduct)
    assert.equal(changed.origin_country, origin_country)
    const seen = expectResponse(await catalog.asStaff(`GET /admin/products/${id}`), 200, AdminProduct)
    assert.equal(seen.origin_country, origin_country)
    assert.equal((await readProduct(id)).origin_country, origin_country)
  }
  assert.equal((await catalog.addProduct()).origin_country, null)
  for (const wrong of ['China', 'cn', '', 'C1']) {
    expectProblem(await changeProduct(id, { origin_country: wrong }), 400, 'validation-failed')
  }
})

test('a bundle consists of plain variants of one currency, each once (CAT-5)', async () => {
  const rose = await catalog.addVariant(9)
  const star = await catalog.addVariant(9, { currency: 'XTR' })
  const bouquet = await catalog.addBouquet([{ variant_id: rose, quantity: 3 }])
  const { id: product_id } = await catalog.addProduct({ type: 'bouquet' })
  const addBundle = (...components: { variant_id: string; quantity: number }[]) =>
    catalog.asStaff('POST /admin/bundles', { product_id, components })
  const one = (variant_id: string) => ({ variant_id, quantity: 1 })
  expectProblem(await addBundle(one(bouquet)), 400, 'component-is-bundle')
  expectProblem(await addBundle(one(rose), one(rose)), 400, 'component-twice')
  expectProblem(await addBundle(one(rose), one(star)), 400, 'mixed-currencies')
  expectProblem(await addBundle(one(newId())), 400, 'unknown-component')

  const bundle = expectResponse(await addBundle({ variant_id: rose, quantity: 2 }), 201, AdminVariant)
  assert.deepEqual([bundle.price, bundle.pricing, bundle.stock_quantity], [20_000, 'computed', 4])
  const change = { price: 15_000, components: [{ variant_id: rose, quantity: 4 }] }
  const changed = expectResponse(await catalog.asStaff(`PATCH /admin/bundles/${bundle.id}`, change), 200, AdminVariant)
  assert.deepEqual([changed.price, changed.pricing, changed.stock_quantity], [15_000, 'own', 2])

  expectProblem(await changeVariant(rose, { components: [one(star)] }), 409, 'not-a-bundle')
  expectProblem(await catalog.asStaff(`DELETE /admin/variants/${rose}`), 409, 'in-a-bundle')
})

test('staff can send back a generated SKU, however long the name is (CAT-11)', async () => {
  const name = 'Большой букет из ста одной садовой розы и веток эвкалипта для самого дорогого человека'
  const products = [await catalog.addProduct({ name }), await catalog.addProduct({ name })]
  const variants = products.map((product) => product.variants[0] ?? assert.fail('the product has no variant'))
  assert.notEqual(variants[0]?.sku, variants[1]?.sku)
  for (const { id, sku } of variants) {
    assert.equal(expectResponse(await changeVariant(id, { sku }), 200, AdminVariant).sku, sku)
  }
})

test('an ordered product is archived, not deleted; a product without orders can be deleted (CAT-11)', async () => {
  const { id, variants } = await catalog.addProduct()
  const variant_id = variants[0]?.id ?? ''
  await catalog.hold({ order_id: newId(), items: [{ flower_id: id, quantity: 1 }], expires_at: catalog.now() })
  expectProblem(await catalog.asStaff(`DELETE /admin/products/${id}`), 409, 'ordered-before')
  expectProblem(await catalog.asStaff(`DELETE /admin/variants/${variant_id}`), 409, 'ordered-before')

  const archived = expectResponse(await changeProduct(id, { is_archived: true }), 200, AdminProduct)
  assert.deepEqual([archived.is_active, archived.archived_at !== null], [false, true])
  expectProblem(await changeProduct(id, { is_active: true }), 409, 'archived')
  expectResponse(await changeProduct(id, { is_archived: false, is_active: true }), 200)
  assert.equal((await readProduct(id)).id, id)

  const mistake = await catalog.addProduct()
  expectResponse(await catalog.asStaff(`DELETE /admin/products/${mistake.id}`), 204)
  expectProblem(await catalog.asStaff(`GET /admin/products/${mistake.id}`), 404, 'not-found')
  const { rows } = await sql<{ type: string }>`
    select type from platform.event where partition_key = ${mistake.id} order by id desc limit 1`.execute(catalog.db)
  assert.equal(rows[0]?.type, productDeleted.type, 'its images go with it')
})

test('the page of a tea shows how to brew it (F-20, CAT-4)', async () => {
  const { id } = expectResponse(await createProduct(tea({ name: 'Shui Xian' })), 201, AdminProduct)
  const path = `/admin/products/${id}/brew-profiles` as const
  const gongfu = {
    method: 'gongfu',
    vessel: { ru: 'Гайвань 100 мл', en: 'Gaiwan 100 ml' },
    leaf_grams: 7.5,
    water_ml: 100,
    temperature_c: 95,
    steep_seconds: [10, 15, 20],
    note: 'Rinse first',
  }
  const added = expectResponse(await catalog.asStaff(`POST ${path}`, gongfu), 201, AdminBrewProfile)
  expectProblem(await catalog.asStaff(`POST ${path}`, gongfu), 409, 'method-taken')
  const headers = { 'idempotency-key': 'brew-profile-of-the-test' }
  const cup = { ...gongfu, method: 'cup' }
  const first = await catalog.asStaff(`POST ${path}`, cup, headers)
  const again = await catalog.asStaff(`POST ${path}`, cup, headers)
  assert.deepEqual([again.status, again.text, again.headers['idempotent-replay']], [201, first.text, 'true'])
  expectResponse(await catalog.asStaff(`DELETE ${path}/${expectResponse(first, 201, AdminBrewProfile).id}`), 204)
  const tooHot = { ...gongfu, method: 'cup', temperature_c: 101 }
  expectProblem(await catalog.asStaff(`POST ${path}`, tooHot), 400, 'validation-failed')
  const hotter = { ...gongfu, temperature_c: 98 }
  expectResponse(await catalog.asStaff(`PUT ${path}/${added.id}`, hotter), 200, AdminBrewProfile)

  const [profile] = (await readProduct(id)).brew_profiles
  assert.deepEqual(profile, { ...hotter, id: added.id, vessel: 'Gaiwan 100 ml' })
  assert.equal(expectResponse(await catalog.asStaff(`GET ${path}`), 200, Page(AdminBrewProfile)).total, 1)
  expectResponse(await catalog.asStaff(`DELETE ${path}/${added.id}`), 204)
  expectProblem(await catalog.asStaff(`DELETE ${path}/${added.id}`), 404, 'not-found')
})

test('staff find every product, sold or not (CAT-11)', async () => {
  const { id, slug } = await catalog.addProduct({ name: 'Unsold 100% orchid', is_active: false })
  assert.equal(slug, 'unsold-100-orchid')
  const list = async (path: `/${string}`) =>
    expectResponse(await catalog.asStaff(`GET ${path}`), 200, Page(AdminProduct)).items
  const idsOf = async (query: string) => (await list(`/admin/products?${query}`)).map((product) => product.id)
  assert.deepEqual(await idsOf('search=100%25'), [id])
  assert.deepEqual(await idsOf('search=UNSOLD&is_active=true'), [])
  assert.ok((await idsOf('page_size=100&type=flower')).includes(id))
  const bundles = await list('/admin/bundles')
  assert.ok(bundles.every(({ variants }) => variants.some(({ kind }) => kind === 'bundle')))
})
