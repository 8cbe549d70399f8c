import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { userDeleted } from '#identity/events'
import { orderOwnerChanged } from '#ordering/events'
import { anna, boris, crowd, customer, expectProblem, expectResponse, guest } from '#platform/testing'
import { Page } from '#platform/schema'
import { openCatalogTest, type CatalogTest } from '../../testing.ts'
import { AdminReview, MyReview, Reviews } from '../schema.ts'

let catalog: CatalogTest
before(async () => {
  catalog = await openCatalogTest()
})
after(async () => {
  await catalog.assertNoViolations()
  await catalog.close()
})

const path = (id: string) => `/catalog/products/${id}/my-review` as const
const words = { rating: 5, text: 'Honey and orchid.', author: 'Anna' }
const write = (id: string, body: object = words, caller = anna) => catalog.send(caller, `PUT ${path(id)}`, { body })
const published = async (id: string) =>
  expectResponse(await catalog.read(`/catalog/products/${id}/reviews`), 200, Reviews)
const forStaff = async (id: string) => {
  const listed = await catalog.asStaff(`GET /admin/reviews?product_id=${id}`)
  return expectResponse(listed, 200, Page(AdminReview)).items
}
const moderate = (id: string, body: object) => catalog.asStaff(`PUT /admin/reviews/${id}/status`, body)

test('a buyer who received the product reviews it, and readers see it when staff have read it (SUP-3)', async () => {
  const { id } = await catalog.addProduct()
  expectProblem(await write(id), 409, 'not-received')
  catalog.receive(anna, id)
  assert.equal(expectResponse(await write(id), 200, MyReview).status, 'pending')
  assert.equal((await published(id)).total, 0)
  const [pending = assert.fail()] = await forStaff(id)
  expectResponse(await moderate(pending.id, { status: 'published', version: pending.version }), 200, AdminReview)
  const { items, summary } = await published(id)
  assert.deepEqual([items[0]?.text, items[0]?.is_verified, summary.average], [words.text, true, 5])
  assert.ok(!JSON.stringify(items).includes(anna.user_id), 'readers do not learn who the author is')
  const mine = await catalog.send(anna, `GET ${path(id)}`)
  assert.equal(expectResponse(mine, 200, MyReview).status, 'published')
})

test('guests review nothing, and a review belongs to its author (SUP-3, SEC-3)', async () => {
  const { id } = await catalog.addProduct()
  catalog.receive(anna, id)
  expectResponse(await write(id), 200, MyReview)
  expectProblem(await catalog.send(guest, `PUT ${path(id)}`, { body: words }), 401, 'unauthorized')
  expectProblem(await catalog.send(boris, `GET ${path(id)}`), 404, 'not-found')
  expectProblem(await catalog.send(boris, `DELETE ${path(id)}`), 404, 'not-found')
  const [pending = assert.fail()] = await forStaff(id)
  expectProblem(await catalog.asStaff(`PATCH /admin/reviews/${pending.id}`, { rating: 1 }), 409, 'review-of-a-buyer')
})

test('a change goes to staff again, the same words do not, and staff publish only what they have read (SUP-3)', async () => {
  const { id } = await catalog.addProduct()
  catalog.receive(anna, id)
  await write(id)
  const [first = assert.fail()] = await forStaff(id)
  await write(id, { ...words, text: 'An advertisement.' })
  const late = await moderate(first.id, { status: 'published', version: first.version })
  assert.equal(expectProblem(late, 409, 'changed-meanwhile')['version'], 2)
  assert.equal((await published(id)).total, 0)
  const rejection = { status: 'rejected', version: 2, reason: 'No advertisements, please.' }
  expectResponse(await moderate(first.id, rejection), 200, AdminReview)
  const rejected = expectResponse(await catalog.send(anna, `GET ${path(id)}`), 200, MyReview)
  assert.deepEqual([rejected.status, rejected.reason], ['rejected', rejection.reason])
  assert.equal(expectResponse(await write(id), 200, MyReview).status, 'pending')
  expectResponse(await moderate(first.id, { status: 'published', version: 3 }), 200, AdminReview)
  assert.equal(expectResponse(await write(id), 200, MyReview).status, 'published')
  await write(id, { ...words, rating: 1 })
  assert.equal((await published(id)).summary.count, 0, 'the changed review waits again')
})

test('a buyer has one review of a product, however often it is sent at once (SUP-3)', async () => {
  const { id } = await catalog.addProduct()
  catalog.receive(anna, id)
  const results = await crowd(8, (i) => write(id, { ...words, rating: (i % 5) + 1 }))
  for (const one of results) assert.equal(one.status === 'fulfilled' && one.value.status, 200)
  assert.equal((await forStaff(id)).length, 1)
})

test('a buyer deletes a review, and the account deletes all of them (SUP-3, ID-18)', async () => {
  const { id } = await catalog.addProduct()
  const other = await catalog.addProduct()
  const vera = customer(7)
  for (const product of [id, other.id]) {
    catalog.receive(vera, product)
    await write(product, words, vera)
    const [pending = assert.fail()] = await forStaff(product)
    await moderate(pending.id, { status: 'published', version: 1 })
  }
  assert.equal((await catalog.module.api.exportReviews(vera.user_id)).length, 2)
  assert.equal((await catalog.send(vera, `DELETE ${path(id)}`)).status, 204)
  assert.equal((await published(id)).summary.count, 0)
  for (let times = 0; times < 2; times++) await catalog.deliver(userDeleted({ user_id: vera.user_id }))
  assert.equal((await published(other.id)).summary.count, 0)
  assert.deepEqual(await catalog.module.api.exportReviews(vera.user_id), [])
})

test('the reviews of a merged account belong to the survivor, and go back with the reversal (SUP-3, ID-12)', async () => {
  const { id } = await catalog.addProduct()
  const both = await catalog.addProduct()
  const [from, into] = [customer(8), customer(9)]
  for (const [buyer, product, text] of [
    [from, id, 'Of the first account'],
    [from, both.id, 'Of the first account'],
    [into, both.id, 'Of the second account'],
  ] as const) {
    catalog.receive(buyer, product)
    await write(product, { ...words, text }, buyer)
  }
  const textsOf = async ({ user_id }: { user_id: string }) =>
    ((await catalog.module.api.exportReviews(user_id)) as { text: string }[]).map(({ text }) => text)
  const exported = async ({ user_id }: { user_id: string }) =>
    (await catalog.module.api.exportReviews(user_id)) as { product_id: string; order_id: string }[]
  const orders = (await exported(from)).map(({ order_id }) => order_id)
  const moveTo = ({ user_id }: { user_id: string }) =>
    orders.map((order_id) => orderOwnerChanged({ order_id, user_id }))
  for (let times = 0; times < 2; times++) await catalog.deliver(...moveTo(into))
  assert.deepEqual(await exported(from), [])
  assert.deepEqual(new Set((await exported(into)).map(({ product_id }) => product_id)), new Set([id, both.id]))
  for (let times = 0; times < 2; times++) await catalog.deliver(...moveTo(from))
  assert.deepEqual(await textsOf(from), ['Of the first account', 'Of the first account'])
  assert.deepEqual(await textsOf(into), ['Of the second account'])
  const { rows } = await catalog.pool.query('select from catalog.displaced_reviews')
  assert.equal(rows.length, 0)
  await catalog.deliver(...moveTo(into))
  for (const { user_id } of [into, from]) await catalog.deliver(userDeleted({ user_id }))
  await catalog.deliver(...moveTo(from))
  assert.deepEqual([await textsOf(from), await textsOf(into)], [[], []], 'nothing stays of deleted accounts')
})
