import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { CatalogApi, ShowcaseProduct } from '#catalog'
import { Unavailable } from '#platform/outcome'
import { testDatabase, testServer, type TestDatabase } from '#platform/testing'
import { homePages } from './routes.ts'

let database: TestDatabase
before(async () => {
  database = await testDatabase({ parts: [] })
})
after(() => database.close())

const oolong: ShowcaseProduct = {
  name: 'Oolong <wild>',
  slug: 'oolong',
  type: 'tea',
  price: 62_000,
  currency: 'RUB',
  stock_quantity: 3,
}
const browser = { accept: 'text/html,application/xhtml+xml;q=0.9,*/*;q=0.8', 'accept-language': 'en' }

/** The pages over a catalog that answers as `api` does. */
async function open(api: Partial<CatalogApi>, settings = {}) {
  const catalog = { api: { listShowcase: async () => [oolong], typeOf: async () => 'tea', ...api } }
  const config = { app: { apiDocs: false } } as Parameters<typeof homePages>[0]['config']
  return await testServer([homePages({ config, catalog })], { settings })
}

test('the home page shows products, and an empty shop says how to fill it (F-37)', async () => {
  const server = await open({})
  const { statusCode, body } = await server.inject({ url: '/', headers: browser })
  assert.equal(statusCode, 200)
  assert.match(body, /Oolong &lt;wild&gt;/)
  await server.close()
  const empty = await open({ listShowcase: async () => [] })
  assert.match((await empty.inject({ url: '/', headers: browser })).body, /There are no products yet/)
  await empty.close()
})

test('a failed read is a page with words and 503, never an empty shop (F-37)', async () => {
  const server = await open({ listShowcase: () => Promise.reject(new Unavailable('the database is away')) })
  const { statusCode, headers, body } = await server.inject({ url: '/', headers: browser })
  assert.deepEqual([statusCode, headers['retry-after']], [503, '1'])
  assert.match(String(headers['content-type']), /^text\/html/)
  assert.match(body, /Not available now/)
  assert.doesNotMatch(body, /no products/)
  await server.close()
})

test('a caller over the limit empties the home page for no other (F-37)', async () => {
  const rates = { default: { count: 1, seconds: 60, burst: 2 } }
  const server = await open({}, { limits: { kind: 'on', rates } })
  const get = async (remoteAddress: string) => await server.inject({ url: '/', headers: browser, remoteAddress })
  const statuses = []
  for (let count = 0; count < 3; count++) statuses.push((await get('10.0.0.1')).statusCode)
  assert.deepEqual(statuses, [200, 200, 429])
  assert.match((await get('10.0.0.2')).body, /Oolong/)
  await server.close()
})

test('the drawing of a product has its type; another address has none', async () => {
  const server = await open({ typeOf: async (slug) => (slug === 'oolong' ? 'tea' : undefined) })
  assert.match(String((await server.inject('/shop-art/oolong.svg')).headers['content-type']), /svg/)
  assert.equal((await server.inject('/shop-art/rose.svg')).statusCode, 404)
  await server.close()
})
