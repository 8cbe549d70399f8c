import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { FastifyInstance } from 'fastify'
import { memoryCache } from '#platform/cache'
import { testDatabase, testServer, type TestDatabase } from '#platform/testing'
import { decideAttributes } from '../taxonomy/attribute.ts'
import { catalog, seedDemo } from '../index.ts'
import { findAllowedAttributes } from '../taxonomy/store/types.ts'
import { demoProducts } from './demo-rows.ts'
import { attributes } from './taxonomy.ts'

let database: TestDatabase
let http: FastifyInstance
const now = () => new Date('2026-11-21T09:00:00Z')
const module = () => catalog({ db: database.db, now, cache: memoryCache({ maxBytes: 8_000_000 }) })
const ask = async (path: string, locale = 'ru') =>
  (await http.inject({ url: `/api/v1${path}`, headers: { 'accept-language': locale } })).json()

before(async () => {
  database = await testDatabase()
  http = await testServer([module()])
})
after(async () => {
  await http.close()
  await database.close()
})

test('the demo shop opens with goods of every type, and opening it twice changes nothing', async () => {
  const first = await seedDemo(database.db, now)
  assert.ok(first.products >= 40, String(first.products))
  const list = await ask('/catalog/products?page_size=100&sort=name')
  assert.equal(list.total, first.products)
  assert.deepEqual(await seedDemo(database.db, now), { products: 0 })
  for (const check of module().checks ?? []) assert.deepEqual(await check.violations(), [], check.name)
  for (const plural of ['teas', 'flowers', 'bouquets', 'wares', 'gifts']) {
    assert.ok((await ask(`/catalog/${plural}`)).total >= 3, plural)
  }
  assert.ok(list.items.every((card: { price: number; in_stock: boolean }) => card.price > 0 && card.in_stock))
})

test('what the demo goods say of themselves is what their types allow, in every kind and with every hint (CAT-3)', async () => {
  for (const product of demoProducts()) {
    const allowed = (await findAllowedAttributes(database.db, product.type)) ?? []
    assert.equal(decideAttributes(allowed, product.attributes).kind, 'allowed', product.slug)
  }
  assert.equal(new Set(attributes.map(({ kind }) => kind)).size, 7)
  assert.equal(new Set(attributes.map(({ ui_hint }) => ui_hint)).size, 7)
})

test('demo goods are found in both languages and show all that belongs to them', async () => {
  assert.equal(
    (await ask(`/catalog/products?search=${encodeURIComponent('пионы')}`)).items[0].slug,
    'pion-sarah-bernhardt',
  )
  assert.equal((await ask('/catalog/teas?search=dragon+well', 'en')).items[0].slug, 'lun-tszin')
  assert.equal((await ask(`/catalog/products?search=${encodeURIComponent('лансанг')}`)).did_you_mean, 'лапсанг')
  const tea = await ask('/catalog/products/da-hun-pao')
  assert.deepEqual(
    tea.brew_profiles.map((each: { method: string; steep_seconds: number[] }) => [
      each.method,
      each.steep_seconds.length,
    ]),
    [
      ['gongfu', 8],
      ['cup', 2],
    ],
  )
  assert.deepEqual(
    tea.variants.map((each: { title: string }) => each.title),
    ['50 г', '100 г', '250 г'],
  )
  const bouquet = await ask('/catalog/bouquets/pervoe-utro', 'en')
  assert.equal(bouquet.price, 5 * 48_000 + 7 * 19_000 + 3 * 16_000)
  assert.equal(bouquet.components[2].substitute_ids.length, 1)
  const { facets } = await ask('/catalog/products?category=tea&facets=true')
  assert.ok(facets.attributes.length >= 5)
})
