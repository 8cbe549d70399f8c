import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { stringify } from 'csv-stringify/sync'
import { Readable } from 'node:stream'
import { Product } from '../products/schema.ts'
import { Page } from '#platform/schema'
import { anna, checkedValues, crowd, expectProblem, expectResponse, olga, statementsOf } from '#platform/testing'
import { newId } from '#platform/values'
import { UnreadableFile } from '../csv-lines.ts'
import { openCatalogTest, type CatalogTest } from '../testing.ts'
import { importReviews } from './import-reviews/import-reviews.ts'
import { AdminReview, Reviews, reviewStatuses } from './schema.ts'

let catalog: CatalogTest
before(async () => {
  catalog = await openCatalogTest()
})
after(async () => {
  await catalog.assertNoViolations()
  await catalog.close()
})

const review = { platform: 'yandex', rating: 5, reviewed_at: '2026-10-01T10:00:00Z', author: 'Vera', text: 'Good tea' }
const add = async (more: object = {}) =>
  expectResponse(await catalog.asStaff('POST /admin/reviews', { ...review, ...more }), 201, AdminReview)
const list = async (path: `/${string}`) => expectResponse(await catalog.read(path), 200, Reviews)
const page = async (id: string) => expectResponse(await catalog.read(`/catalog/products/${id}`), 200, Product)

test('readers see reviews with the rating of each platform and of all; the page of the product at once (SUP-2)', async () => {
  const { id, slug } = await catalog.addProduct()
  assert.deepEqual((await page(id)).reviews, { count: 0, average: null, platforms: [] })
  await add({ product_id: id })
  await add({ product_id: id, rating: 4, reviewed_at: '2026-10-02T10:00:00Z' })
  await add({ product_id: id, platform: 'google', rating: 2, reviewed_at: '2026-10-03T10:00:00Z' })
  const summary = {
    count: 3,
    average: 3.67,
    platforms: [
      { platform: 'google', count: 1, average: 2 },
      { platform: 'yandex', count: 2, average: 4.5 },
    ],
  }
  assert.deepEqual((await page(id)).reviews, summary)
  const all = await list(`/catalog/products/${slug}/reviews`)
  assert.deepEqual([all.summary, all.total, all.items.map(({ rating }) => rating)], [summary, 3, [2, 4, 5]])
  const google = await list(`/catalog/products/${id}/reviews?platform=google`)
  assert.deepEqual([google.total, google.items.length, google.items[0]?.is_verified], [1, 1, false])
  assert.ok((await list('/catalog/reviews')).total >= 3)
  expectProblem(await catalog.read(`/catalog/products/${newId()}/reviews`), 404, 'not-found')
})

test('the page of a product needs no further statement for its reviews (SUP-2, PERF-1)', async () => {
  const { id } = await catalog.addProduct()
  const statements = await statementsOf(async () => void (await page(id)))
  const cached = await statementsOf(async () => void (await page(id)))
  assert.equal(statements.filter(({ text }) => text.includes('review')).length, 1)
  assert.deepEqual([statements.filter(({ text }) => text.includes('catalog')).length, cached.length], [4, 0])
})

test('staff correct and delete a review of another platform, and the totals follow (SUP-2)', async () => {
  const { id } = await catalog.addProduct()
  const other = await catalog.addProduct()
  const added = await add({ product_id: id, external_id: 'y-1' })
  const change = { rating: 1, product_id: other.id }
  const changed = await catalog.asStaff(`PATCH /admin/reviews/${added.id}`, change)
  assert.equal(expectResponse(changed, 200, AdminReview).version, 2)
  assert.deepEqual([(await page(id)).reviews.count, (await page(other.id)).reviews.average], [0, 1])
  const shown = expectResponse(await catalog.asStaff(`GET /admin/reviews/${added.id}`), 200, AdminReview)
  assert.equal(shown.rating, 1)
  expectProblem(await catalog.send(anna, `PATCH /admin/reviews/${added.id}`, { body: change }), 403, 'forbidden')
  const taken = await catalog.asStaff('POST /admin/reviews', { ...review, external_id: 'y-1' })
  expectProblem(taken, 409, 'review-taken')
  const nowhere = await catalog.asStaff('POST /admin/reviews', { ...review, product_id: newId() })
  expectProblem(nowhere, 409, 'unknown-product')
  expectProblem(await catalog.asStaff('POST /admin/reviews', { ...review, platform: 'shop' }), 409, 'platform-reserved')
  for (const wrong of [{ rating: 6 }, { rating: 4.5 }, { platform: 'Я' }, { url: 'javascript:alert(1)' }])
    expectProblem(await catalog.asStaff('POST /admin/reviews', { ...review, ...wrong }), 400, 'validation-failed')
  assert.equal((await catalog.asStaff(`DELETE /admin/reviews/${added.id}`)).status, 204)
  assert.equal((await page(other.id)).reviews.count, 0)
  expectProblem(await catalog.asStaff(`DELETE /admin/reviews/${added.id}`), 404, 'not-found')
})

test('a repeated creation is one review, and an id has one owner (SUP-2)', async () => {
  const id = newId()
  const { id: product_id } = await catalog.addProduct()
  await crowd(4, () => add({ id, product_id }))
  assert.equal((await page(product_id)).reviews.count, 1)
  expectProblem(await catalog.asStaff('POST /admin/reviews', { ...review, id }), 409, 'id-taken')
})

test('many reviews of one product at once are all counted (SUP-2)', async () => {
  const { id } = await catalog.addProduct()
  const results = await crowd(20, (i) => add({ product_id: id, rating: (i % 5) + 1 }))
  assert.ok(results.every(({ status }) => status === 'fulfilled'))
  assert.deepEqual((await page(id)).reviews.platforms, [{ platform: 'yandex', count: 20, average: 3 }])
})

test('the reviews of a deleted product are gone, also from the totals (SUP-2)', async () => {
  const { id } = await catalog.addProduct()
  const added = await add({ product_id: id, platform: 'avito' })
  expectResponse(await catalog.asStaff(`DELETE /admin/products/${id}`), 204)
  expectProblem(await catalog.asStaff(`GET /admin/reviews/${added.id}`), 404, 'not-found')
  const { summary } = await list('/catalog/reviews')
  assert.ok(!summary.platforms.some(({ platform }) => platform === 'avito'))
})

const importText = (text: string) => importReviews(catalog.needs)(Readable.from([text]))

test('a file of reviews is imported once, line by line, and a wrong line stops no other (SUP-2)', async () => {
  const { id, slug } = await catalog.addProduct()
  const lines = [
    ['platform', 'rating', 'reviewed_at', 'product', 'external_id', 'author', 'text', 'url'],
    ['telegram', '5', '2026-10-01', slug, 't-1', 'Анна', 'Отлично, "супер"', 'https://t.me/x/1'],
    ['telegram', '4', '2026-10-02T12:00:00Z', slug, '', 'Boris', 'Fine', ''],
    ['telegram', '9', '2026-10-02', slug, 't-3', '', '', ''],
    ['telegram', '3', '2026-10-02', 'no-such-product', 't-4', '', '', ''],
    ['shop', '5', '2026-10-02', slug, 't-5', '', '', ''],
    ['telegram', '1', '2026-10-02', slug, 't-1', '', '', ''],
    ['telegram', '', '2026-10-02', slug, 't-6', '', '', ''],
    ['telegram', '5', '0000-01-01T00:00:00Z', slug, 't-7', '', '', ''],
    ['telegram', '5', '9999-12-31T23:59:59-23:59', slug, 't-8', '', '', ''],
    ['telegram', '5', '2016-12-31T23:59:60Z', slug, 't-9', '', '', ''],
    ['', '', '', '', '', '', '', ''],
  ]
  const first = await importText(stringify(lines))
  assert.deepEqual(
    first.errors.map(({ line, column, reason }) => [line, column, reason]),
    [
      [4, 'rating', 'invalid-value'],
      [6, 'platform', 'platform-reserved'],
      [7, 'external_id', 'review-twice'],
      [8, 'rating', 'missing'],
      [9, 'reviewed_at', 'invalid-value'],
      [10, 'reviewed_at', 'invalid-value'],
      [11, 'reviewed_at', 'invalid-value'],
      [5, 'product', 'unknown-product'],
    ],
  )
  assert.deepEqual([first.lines, first.created, first.failed], [10, 2, 8])
  assert.deepEqual((await page(id)).reviews.platforms, [{ platform: 'telegram', count: 2, average: 4.5 }])
  const again = await importText(stringify(lines))
  assert.deepEqual([again.created, again.changed, again.unchanged], [0, 0, 2])
  const [header = [], one = []] = lines
  const changed = await importText(stringify([header, one.with(1, '1')]))
  assert.deepEqual([changed.created, changed.changed], [0, 1])
  assert.equal((await page(id)).reviews.average, 2.5)
  await assert.rejects(importText('platform,stars\nyandex,5\n'), UnreadableFile)
})

test('staff read pending and published reviews, page by page (SUP-2)', async () => {
  const { id } = await catalog.addProduct()
  for (let i = 0; i < 3; i++) await add({ product_id: id })
  const pageOf = async (query: string) =>
    expectResponse(await catalog.send(olga, `GET /admin/reviews?product_id=${id}&${query}`), 200, Page(AdminReview))
  const first = await pageOf('page_size=2')
  const second = await pageOf(`page_size=2&cursor=${first.next_cursor}`)
  assert.equal(new Set([...first.items, ...second.items].map((one) => one.id)).size, 3)
  assert.equal((await pageOf('status=pending')).total, 0)
})

test('the database admits exactly the statuses of the code (F-71)', async () => {
  assert.deepEqual(await checkedValues(catalog.db, 'catalog.reviews', 'status'), new Set(reviewStatuses))
})
