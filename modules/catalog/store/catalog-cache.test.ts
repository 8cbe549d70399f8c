import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { memoryCache } from '#platform/cache'
import { eventually, expectProblem, expectResponse } from '#platform/testing'
import { seconds } from '#platform/values'
import { Product } from '../products/schema.ts'
import { ProductList } from '../search/schema.ts'
import { type CatalogTest, openCatalogTest } from '../testing.ts'
import { openCatalogCache, prepareResponse } from './catalog-cache.ts'

let catalog: CatalogTest
before(async () => {
  catalog = await openCatalogTest()
})
after(() => catalog.close())

test('no response is older than the default life of a cached value (F-15, CAT-10)', async () => {
  let time = 0
  const defaultTtl = seconds(7)
  const cached = openCatalogCache(memoryCache({ maxBytes: 1_000_000, defaultTtl, now: () => time, random: () => 0 }))
  const loads = { product: 0, list: 0, name: 0 }
  const read = async () => {
    await cached.product('7', 'en', async () => prepareResponse({ loads: ++loads.product }))
    await cached.list('roses', async () => prepareResponse({ loads: ++loads.list }))
    await cached.idOf('oolong', async () => String(++loads.name))
    return { ...loads }
  }
  assert.deepEqual(await read(), { product: 1, list: 1, name: 1 })
  time = defaultTtl - 1
  assert.deepEqual(await read(), { product: 1, list: 1, name: 1 })
  time = defaultTtl + 1
  assert.deepEqual(await read(), { product: 2, list: 2, name: 2 })
})

const page = (id: string) => catalog.read(`/catalog/flowers/${id}`)
const namesIn = async (query: string) =>
  expectResponse(await catalog.read(`/catalog/flowers?${query}`), 200, ProductList).items.map(({ name }) => name)

test('plain SQL reaches the cached responses (F-15, CAT-10)', async () => {
  const { id, slug } = await catalog.addProduct({ name: 'Cached peony' })
  const stop = catalog.watchChanges()
  try {
    const read = async () => expectResponse(await page(slug), 200, Product)
    assert.equal((await read()).price, 15_000)
    assert.deepEqual(await namesIn('search=peony'), ['Cached peony'])
    await sql`update catalog.variants set price = 777 where product_id = ${id}`.execute(catalog.db)
    await eventually(async () => assert.equal((await read()).price, 777))
    await sql`update catalog.products set name = '{"ru": "Пион", "en": "Renamed peony"}' where id = ${id}`.execute(
      catalog.db,
    )
    await eventually(async () => assert.deepEqual(await namesIn('search=peony'), ['Renamed peony']))
    await sql`update catalog.variants set is_active = false where product_id = ${id}`.execute(catalog.db)
    await eventually(async () => expectProblem(await page(slug), 404, 'not-found'))
    assert.deepEqual(await namesIn('search=peony'), [])
  } finally {
    await stop()
  }
})

test('a change that the cache missed without a connection is seen after the next connect (F-15, CAT-10)', async () => {
  const { id } = await catalog.addProduct({ name: 'Missed peony' })
  const stop = catalog.watchChanges()
  try {
    const price = async () => expectResponse(await page(id), 200, Product).price
    await eventually(async () => assert.equal(await countListeners(), 1))
    await price()
    await sql`select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and application_name = 'posad cache'`.execute(catalog.db)
    await sql`update catalog.variants set price = 555 where product_id = ${id}`.execute(catalog.db)
    await eventually(async () => assert.equal(await price(), 555))
  } finally {
    await stop()
  }
})

async function countListeners(): Promise<number> {
  const { rows } = await sql<{ count: number }>`select count(*) as count from pg_stat_activity
    where datname = current_database() and application_name = 'posad cache' and query like 'listen%'`.execute(
    catalog.db,
  )
  return rows[0]?.count ?? 0
}

test('orders notify no cache: NOTIFY would serialize their commits (F-15, PERF-1)', async () => {
  const { rows } = await sql<{ name: string }>`
    select tgrelid::regclass::text as name from pg_trigger where tgname = 'change_published'`.execute(catalog.db)
  const tables = rows.map(({ name }) => name)
  for (const table of ['stock', 'holds', 'hold_items', 'movements', 'listings', 'popularity'])
    assert.ok(!tables.includes(`catalog.${table}`), table)
  assert.equal(tables.length, 10)
})
