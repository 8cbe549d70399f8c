import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { memoryCache } from '#platform/cache'
import {
  assertNoViolations,
  expectResponse,
  guest,
  openTestApi,
  type TestApi,
  testDatabase,
  type TestDatabase,
} from '#platform/testing'
import { catalog, seedDemo } from '../index.ts'
import { Product } from '../products/schema.ts'
import { ProductList } from '../search/schema.ts'
import { decideAttributes } from '../taxonomy/attribute.ts'
import { findAllowedAttributes } from '../taxonomy/store/types.ts'
import { demoProducts } from './demo-products.ts'
import { attributes } from './taxonomy.ts'

let database: TestDatabase
let api: TestApi
const now = () => new Date('2026-11-21T09:00:00Z')
const module = () =>
  catalog({
    db: database.db,
    now,
    cache: memoryCache({ maxBytes: 8_000_000 }),
    purchaseOf: async () => undefined,
    letters: { mailboxesOf: async () => [], mail: { send: async () => {} }, origin: () => '' },
  })

const read = (path: string, locale: string) =>
  api.send(guest, `GET ${path}` as 'GET /', { headers: { 'accept-language': locale } })
const list = async (path: string, locale = 'ru') => expectResponse(await read(path, locale), 200, ProductList)
const page = async (path: string, locale = 'ru') => expectResponse(await read(path, locale), 200, Product)

before(async () => {
  database = await testDatabase()
  api = await openTestApi([module()])
})
after(async () => {
  await api.close()
  await database.close()
})

test('the demo shop has products of every type, and a second run changes nothing', async () => {
  const first = await seedDemo(database.db, now)
  assert.ok(first.products >= 40, String(first.products))
  const { items, total } = await list('/catalog/products?page_size=100&sort=name')
  assert.equal(total, first.products)
  assert.deepEqual(await seedDemo(database.db, now), { products: 0 })
  await assertNoViolations(module())
  for (const plural of ['teas', 'flowers', 'bouquets', 'wares', 'gifts']) {
    assert.ok((await list(`/catalog/${plural}`)).total >= 3, plural)
  }
  assert.ok(items.every(({ price, in_stock }) => price > 0 && in_stock))
})

test('demo products have values that their types allow, of every kind and with every hint (CAT-3)', async () => {
  for (const product of demoProducts()) {
    const allowed = (await findAllowedAttributes(database.db, product.type)) ?? []
    assert.equal(decideAttributes(allowed, product.attributes).kind, 'allowed', product.slug)
  }
  assert.equal(new Set(attributes.map(({ kind }) => kind)).size, 7)
  assert.equal(new Set(attributes.map(({ ui_hint }) => ui_hint)).size, 7)
})

test('search finds demo products in both languages, and their pages are complete', async () => {
  const search = async (words: string, locale?: string) =>
    await list(`/catalog/products?search=${encodeURIComponent(words)}`, locale)
  assert.equal((await search('пионы')).items[0]?.slug, 'pion-sarah-bernhardt')
  assert.equal((await search('dragon well', 'en')).items[0]?.slug, 'lun-tszin')
  assert.equal((await search('лансанг')).did_you_mean, 'лапсанг')

  const tea = await page('/catalog/products/da-hun-pao')
  assert.deepEqual(
    tea.brew_profiles.map(({ method, steep_seconds }) => [method, steep_seconds.length]),
    [
      ['gongfu', 8],
      ['cup', 2],
    ],
  )
  assert.deepEqual(
    tea.variants.map(({ title }) => title),
    ['50 г', '100 г', '250 г'],
  )
  const bouquet = await page('/catalog/bouquets/pervoe-utro', 'en')
  assert.equal(bouquet.price, 5 * 48_000 + 7 * 19_000 + 3 * 16_000)
  assert.equal(bouquet.components?.[2]?.substitute_ids.length, 1)
  const { facets } = await list('/catalog/products?category=tea&facets=true')
  assert.ok((facets?.attributes.length ?? 0) >= 5)
})
