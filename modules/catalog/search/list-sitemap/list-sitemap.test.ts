import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { sql } from 'kysely'
import { crowd, expectProblem, expectResponse, runJob, statementsOf } from '#platform/testing'
import { type CatalogTest, openCatalogTest } from '../../testing.ts'
import { divideSitemap } from '../divide-sitemap/divide-sitemap.ts'
import { Sitemap, SitemapFile } from '../schema.ts'
import { maxProductsOfFile, productsOfFullFile } from '../sitemap.ts'

let catalog: CatalogTest
before(async () => {
  catalog = await openCatalogTest()
})
after(() => catalog.close())
beforeEach(async () => {
  await sql`delete from catalog.products`.execute(catalog.db)
  await sql`delete from catalog.sitemap_files where number > 1`.execute(catalog.db)
})

/** Adds products in stock, one each second from a start, under ids in no order. Returns their slugs. */
async function addProducts(count: number, { from = 0, prefix = 'p' } = {}): Promise<readonly string[]> {
  const { rows } = await sql<{ slug: string }>`
    with added as (
      insert into catalog.products (id, type_code, slug, name, description, is_active, created_at, updated_at)
      select md5(${prefix} || i)::uuid, 'flower', ${prefix} || '-' || i, '{"ru": "", "en": ""}', '{"ru": "", "en": ""}', true,
        timestamptz '2026-01-01' + i * interval '1 second', now()
      from generate_series(${from + 1}::int, ${from + count}::int) i returning id, slug),
    listed as (
      insert into catalog.listings (product_id, type_code, created_at, name_ru, name_en, price, sold, in_stock, tokens, numbers)
      select id, 'flower', now(), '', '', 100, 0, true, '{}', '{}' from added)
    select slug from added`.execute(catalog.db)
  return rows.map(({ slug }) => slug)
}

const divide = () => runJob(catalog.module, 'catalog.divide-sitemap')
const countFiles = async () => expectResponse(await catalog.read('/catalog/sitemap'), 200, Sitemap).files
const slugsOf = async (number: number) =>
  expectResponse(await catalog.read(`/catalog/sitemap/${number}`), 200, SitemapFile).slugs

async function listFiles(): Promise<(readonly string[])[]> {
  const count = await countFiles()
  return await Promise.all(Array.from({ length: count }, (_, index) => slugsOf(index + 1)))
}

test('the files of the sitemap have every product on sale once, and none is larger than its bound (WEB-1, PERF-5)', async () => {
  const slugs = await addProducts(2 * productsOfFullFile + 7)
  await divide()
  const files = await listFiles()
  assert.deepEqual(
    files.map(({ length }) => length),
    [productsOfFullFile, productsOfFullFile, 7],
  )
  assert.deepEqual(files.flat(), slugs, 'in the order of their creation')

  await sql`update catalog.products set is_active = false where slug = 'p-1'`.execute(catalog.db)
  await sql`delete from catalog.listings using catalog.products product where product.id = product_id and slug = 'p-2'`.execute(
    catalog.db,
  )
  assert.deepEqual(await slugsOf(1), slugs.slice(2, productsOfFullFile))
})

test('new products come into the last file, and a full file keeps its products (WEB-1)', async () => {
  const first = await addProducts(productsOfFullFile + 1)
  await divide()
  const second = await addProducts(productsOfFullFile, { from: first.length })
  assert.deepEqual(await listFiles(), [first.slice(0, -1), [...first.slice(-1), ...second]])
  await divide()
  await divide()
  assert.deepEqual(await listFiles(), [
    first.slice(0, -1),
    [...first.slice(-1), ...second.slice(0, -1)],
    second.slice(-1),
  ])
})

test('a file that is not divided yet reads no more than its bound (PERF-5, SEC-1)', async () => {
  const slugs = await addProducts(maxProductsOfFile + 20)
  assert.deepEqual(await listFiles(), [slugs.slice(0, maxProductsOfFile)])
  await sql`update catalog.products set is_active = false where slug = any(${slugs.slice(0, maxProductsOfFile)})`.execute(
    catalog.db,
  )
  assert.deepEqual(await slugsOf(1), [], 'hidden products count: the database reads them')
})

test('ten processes divide the sitemap at once into the same files (WEB-1)', async () => {
  const slugs = await addProducts(4 * productsOfFullFile)
  const signal = new AbortController().signal
  await crowd(10, () => divideSitemap(catalog.secondDb())(signal))
  const files = await listFiles()
  assert.deepEqual(files.flat(), slugs)
  assert.equal(files.length, 4)
})

test('a file takes one statement, and a file that does not exist is not found (WEB-1)', async () => {
  await addProducts(3)
  const statements = await statementsOf(async () => void (await slugsOf(1)))
  assert.equal(statements.filter(({ text }) => text !== 'select').length, 1)
  expectProblem(await catalog.read('/catalog/sitemap/2'), 404, 'not-found')
  expectProblem(await catalog.read('/catalog/sitemap/0'), 400, 'validation-failed')
  expectProblem(await catalog.read('/catalog/sitemap/1e99'), 400, 'validation-failed')
})

test('no type of products takes the address of the sitemap (CAT-7)', async () => {
  const type = { code: 'map', plural: 'sitemap', name: 'Map', attributes: [] }
  expectProblem(await catalog.asStaff('POST /admin/types', type), 409, 'plural-reserved')
})
