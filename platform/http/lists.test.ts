import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import type { FastifyInstance } from 'fastify'
import { testDatabase, testServer, type TestDatabase } from '#platform/testing'
import { pageOf, windowOf } from '#platform/outcome'
import { teaShop } from './tea-shop.ts'

let database: TestDatabase
let http: FastifyInstance
before(async () => {
  database = await testDatabase({ parts: [] })
  http = await testServer([teaShop(database.db)], { db: database.db })
})
after(async () => {
  await http.close()
  await database.close()
})

type List = {
  items: { id: number }[]
  total: number
  page: number
  page_size: number
  pages: number
  next_cursor: string | null
}
const list = async (query: string) => (await http.inject(`/api/v1/teas${query}`)).json<List & { code?: string }>()

test('a list has twenty to a page and says how many there are (rule 5)', async () => {
  const { items, next_cursor, ...rest } = await list('')
  assert.deepEqual(rest, { total: 250, page: 1, page_size: 20, pages: 13 })
  assert.deepEqual([items.length, items[0]?.id, typeof next_cursor], [20, 1, 'string'])
  const last = await list('?page=13')
  assert.deepEqual([last.items.length, last.next_cursor], [10, null])
  assert.deepEqual((await list('?skip=100&limit=50')).items[0], { id: 101 })
  assert.equal((await list('?skip=100&limit=50')).page, 3)
})

test('following the cursor shows everything once and ends (rule 5)', async () => {
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

test('offsets end at ten thousand, and a cursor that is not ours is refused (rule 5, A19)', async () => {
  assert.equal((await list('?page=501')).items.length, 0)
  assert.equal((await list('?page=502')).code, 'offset-too-deep')
  assert.equal((await list('?skip=10001')).code, 'offset-too-deep')
  const cursors = [
    'x',
    'e30',
    '!!!',
    Buffer.from('[]').toString('base64url'),
    Buffer.from('[{}]').toString('base64url'),
  ]
  const nul = Buffer.from('["a\\u0000"]').toString('base64url')
  for (const cursor of [...cursors, nul]) assert.equal((await list(`?cursor=${cursor}`)).code, 'bad-cursor', cursor)
})

test('any cursor comes back as it went out', () => {
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

test('what was read before is 304 the next time (rule 10)', async () => {
  const get = (tag?: string) =>
    http.inject({ url: '/api/v1/teas/7', headers: tag === undefined ? {} : { 'if-none-match': tag } })
  const first = await get()
  assert.deepEqual([first.statusCode, first.json(), first.headers.etag], [200, { id: 7 }, '"tea-7"'])
  assert.match(String(first.headers['content-type']), /^application\/json/)
  for (const tag of ['"tea-7"', '*', '"x", W/"tea-7"']) {
    const again = await get(tag)
    assert.deepEqual([again.statusCode, again.body, again.headers.etag], [304, '', '"tea-7"'])
  }
  assert.equal((await get('"tea-8"')).statusCode, 200)
  const head = await http.inject({ method: 'HEAD', url: '/api/v1/teas/7' })
  assert.deepEqual([head.statusCode, head.body, head.headers['content-length']], [200, '', '8'])
})
