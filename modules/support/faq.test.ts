import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { anna, expectProblem, expectResponse, guest, olga } from '#platform/testing'
import { newId } from '#platform/values'
import { AdminFaqEntry } from './schema.ts'
import { openSupportTest, type SupportTest } from './testing.ts'

let support: SupportTest
before(async () => {
  support = await openSupportTest()
})
beforeEach(() => support.pool.query('delete from support.faq'))
after(() => support.close())

const entry = { locale: 'en', title: 'Do you ship to Kolomna?', answer: 'Yes.\nTomorrow.', position: 2 }
const create = (more: object = {}, headers: Record<string, string> = {}, caller = olga) =>
  support.send(caller, 'POST /admin/faq', { body: { ...entry, ...more }, headers })
const shown = async (query = '', headers: Record<string, string> = {}) => {
  const response = await support.send(guest, `GET /support/faq${query}`, { headers })
  return (expectResponse(response, 200) as { items: { title: string }[] }).items.map(({ title }) => title)
}

test('readers see the questions in their language and in order (SUP-1)', async () => {
  expectResponse(await create(), 201, AdminFaqEntry)
  expectResponse(await create({ title: 'How do I pay?', position: 1 }), 201)
  expectResponse(await create({ locale: 'ru', title: 'Как заплатить?' }), 201)
  assert.deepEqual(await shown(), ['How do I pay?', 'Do you ship to Kolomna?'])
  assert.deepEqual(await shown('', { 'accept-language': 'ru' }), ['Как заплатить?'])
  assert.deepEqual(await shown('?locale=ru'), ['Как заплатить?'])
  const all = await support.send(olga, 'GET /admin/faq')
  assert.equal((expectResponse(all, 200) as { total: number }).total, 3)
})

test('staff change and delete a question; others may not (SUP-1)', async () => {
  const { id } = expectResponse(await create(), 201, AdminFaqEntry)
  const change = { body: { answer: 'Yes, within two days.' } }
  const changed = await support.send(olga, `PATCH /admin/faq/${id}`, change)
  assert.equal(expectResponse(changed, 200, AdminFaqEntry).answer, change.body.answer)
  expectProblem(await support.send(anna, `PATCH /admin/faq/${id}`, change), 403, 'forbidden')
  expectProblem(await support.send(anna, 'GET /admin/faq'), 403, 'forbidden')
  expectProblem(await support.send(olga, `PATCH /admin/faq/${id}`, { body: {} }), 400, 'validation-failed')
  assert.equal((await support.send(olga, `DELETE /admin/faq/${id}`)).status, 204)
  expectProblem(await support.send(olga, `DELETE /admin/faq/${id}`), 404, 'not-found')
  expectProblem(await support.send(olga, `PATCH /admin/faq/${id}`, change), 404, 'not-found')
  assert.deepEqual(await shown(), [])
})

test('a repeated creation is one entry, and an id has one owner (SUP-1)', async () => {
  const id = newId()
  const made = await Promise.all([1, 2, 3].map(() => create({ id })))
  for (const response of made) assert.equal(expectResponse(response, 201, AdminFaqEntry).id, id)
  expectProblem(await create({ id, title: 'Another?' }), 409, 'id-taken')
  const headers = { 'idempotency-key': newId() }
  const [first, second] = [await create({}, headers), await create({}, headers)]
  assert.equal(second.text, first.text)
  assert.equal((await shown()).length, 2)
})
