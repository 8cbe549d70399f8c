import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import { pageOf, windowOf } from '#platform/outcome'
import { Page } from '#platform/schema'
import {
  expectProblem,
  expectResponse,
  guest,
  openTestApi,
  testDatabase,
  type TestApi,
  type TestDatabase,
} from '#platform/testing'
import { teaShop, TeaView } from '../testing.ts'

let database: TestDatabase
let api: TestApi
before(async () => {
  database = await testDatabase({ parts: [] })
  api = await openTestApi([teaShop(database.db)])
})
after(async () => {
  await api.close()
  await database.close()
})

const get = (query: string) => api.send(guest, `GET /teas${query}`)
const list = async (query: string) => expectResponse(await get(query), 200, Page(TeaView))

test('a list has twenty items per page and says how many there are (rule 5)', async () => {
  const { items, next_cursor, ...rest } = await list('')
  assert.deepEqual(rest, { total: 250, page: 1, page_size: 20, pages: 13 })
  assert.deepEqual([items.length, items[0]?.id, typeof next_cursor], [20, 1, 'string'])
  const last = await list('?page=13')
  assert.deepEqual([last.items.length, last.next_cursor], [10, null])
  assert.deepEqual((await list('?skip=100&limit=50')).items[0], { id: 101 })
  assert.equal((await list('?skip=100&limit=50')).page, 3)
})

test('following the cursor shows every item once and ends (rule 5)', async () => {
  const seen: number[] = []
  let query = '?page_size=30'
  for (let pages = 0; ; pages++) {
    assert.ok(pages < 10)
    const { items, next_cursor } = await list(query)
    seen.push(...items.map(({ id }) => id))
    if (next_cursor === null) break
    query = `?page_size=30&cursor=${next_cursor}`
  }
  assert.deepEqual(
    seen,
    Array.from({ length: 250 }, (_, index) => index + 1),
  )
})

test('offsets end at ten thousand, and a cursor that the list did not issue is refused (rule 5, A19)', async () => {
  assert.equal((await list('?page=501')).items.length, 0)
  expectProblem(await get('?page=502'), 400, 'offset-too-deep')
  expectProblem(await get('?skip=10001'), 400, 'offset-too-deep')
  const encoded = ['[]', '[{}]', '["a\\u0000"]'].map((json) => Buffer.from(json).toString('base64url'))
  for (const cursor of ['x', 'e30', '!!!', ...encoded]) {
    expectProblem(await get(`?cursor=${cursor}`), 400, 'bad-cursor')
  }
})

test('a cursor keeps the sort values of its row (rule 5)', () => {
  const keys = fc.array(
    fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 40 }).filter((text) => !text.includes('\0')),
      fc.integer(),
    ),
    { minLength: 1, maxLength: 4 },
  )
  fc.assert(
    fc.property(keys, (key) => {
      const { next_cursor } = pageOf({
        items: [1, 2],
        total: 2,
        window: windowOf({ page_size: 1 }),
        cursorOf: () => key,
      })
      assert.deepEqual(windowOf({ cursor: next_cursor ?? '' }).cursor, key)
    }),
  )
})
