import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { eventually, runJob, statementsOf } from '#platform/testing'
import { ensureBuild, openBuild } from '../../apps/storefront/build.ts'
import { openShop, type Shop } from '../e2e/open-shop.ts'

/** Their addresses in one file would exceed the largest value of the cache. */
const products = 7000

let shop: Shop
before(async () => {
  shop = await openShop({}, { build: await openBuild(await ensureBuild(() => {})) })
})
after(() => shop.close())

const get = async (url: string) => {
  const response = await fetch(url)
  const text = await response.text()
  const locations = Array.from(text.matchAll(/<loc>([^<]+)<\/loc>/g), ([, location = '']) => location)
  return { status: response.status, type: response.headers.get('content-type'), text, locations }
}

/** The statements that read products while `work` runs; jobs and handlers run beside it. */
async function readsOf(work: () => Promise<unknown>): Promise<number> {
  const statements = await statementsOf(async () => void (await work()))
  return statements.filter(({ text }) => /catalog\.(products|listings|sitemap_files|categories)/.test(text)).length
}

test('the sitemap lists every category and product in both languages, and each address opens (WEB-1)', async () => {
  const index = await get(`${shop.address}/sitemap.xml`)
  assert.deepEqual(index.locations, [`${shop.address}/sitemap/pages.xml`, `${shop.address}/sitemap/products-1.xml`])
  assert.match(index.text, /<sitemapindex xmlns="http:\/\/www\.sitemaps\.org\/schemas\/sitemap\/0\.9">/)
  const files = await Promise.all(index.locations.map(get))
  for (const { status, type } of [index, ...files])
    assert.deepEqual({ status, type }, { status: 200, type: 'application/xml; charset=utf-8' })
  const addresses = files.flatMap(({ locations }) => locations)
  assert.equal(addresses.length, 2 * (3 + 13 + 47))
  assert.equal(new Set(addresses).size, addresses.length)
  for (const url of addresses.filter((_, at) => at % 9 === 0)) assert.equal((await fetch(url)).status, 200, url)
  assert.match((await get(`${shop.address}/robots.txt`)).text, new RegExp(`Sitemap: ${shop.address}/sitemap.xml`))
})

test('a file that the sitemap does not have is not found (WEB-1)', async () => {
  for (const file of ['products-2', 'products-0', 'products', 'pages-1', 'products-99999999999'])
    assert.equal((await get(`${shop.address}/sitemap/${file}.xml`)).status, 404, file)
  assert.equal((await get(`${shop.address}/sitemap/..%2fpages.xml`)).status, 400)
})

test(`of a shop with ${products} products no request reads more than one file, and a repeat reads nothing (SEC-1, PERF-5)`, async () => {
  await sql`
    with added as (
      insert into catalog.products (id, type_code, slug, name, description, is_active, created_at, updated_at)
      select gen_random_uuid(), 'tea', 'a-tea-with-a-rather-long-name-' || i, '{"ru": "", "en": ""}', '{"ru": "", "en": ""}', true,
        now(), now() from generate_series(1, ${products}::int) i returning id)
    insert into catalog.listings (product_id, type_code, created_at, name_ru, name_en, price, sold, in_stock, tokens, numbers)
    select id, 'tea', now(), '', '', 100, 0, true, '{}', '{}' from added`.execute(shop.app.db)
  await runJob(shop.app.catalog ?? {}, 'catalog.divide-sitemap')
  const index = await eventually(async () => {
    const found = await get(`${shop.address}/sitemap.xml`)
    assert.ok(found.locations.length > 2, 'the cache has noticed the change')
    return found
  })
  const addresses = new Set<string>()
  for (const url of index.locations) {
    const crowded = await readsOf(() => Promise.all(Array.from({ length: 10 }, () => get(url))))
    assert.ok(crowded <= 1, `ten requests for ${url} share ${crowded} statements`)
    assert.equal(await readsOf(() => get(url)), 0, url)
    const { locations, text } = await get(url)
    assert.ok(locations.length <= 1000, url)
    assert.ok(text.length < 500_000, url)
    for (const location of locations) addresses.add(location)
  }
  assert.equal(await readsOf(() => get(`${shop.address}/sitemap.xml`)), 0)
  assert.equal(addresses.size, 2 * (3 + 13 + 47 + products))
})
