import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { newId } from '#platform/values'
import { idAfter, InvalidPage, pageOf, pageOfAll, windowOf } from './index.ts'

const teas = (count: number) => Array.from({ length: count }, (_, i) => ({ name: `tea ${i}`, position: i }))
const cursorOf = (text: string) => Buffer.from(text).toString('base64url')
const isBadCursor = (error: unknown) => error instanceof InvalidPage && error.reason === 'bad-cursor'

/** One page of a list sorted by `position`, read as a query reads it: one row more than the page shows. */
function read(all: ReturnType<typeof teas>, request: Parameters<typeof windowOf>[0]) {
  const window = windowOf(request)
  const [after] = window.cursor ?? []
  const rest = after === undefined ? all.slice(window.offset) : all.filter(({ position }) => position > Number(after))
  const items = rest.slice(0, window.limit + 1)
  return pageOf({ items, total: all.length, window, cursorOf: ({ position }) => [position] })
}

test('page by page and cursor by cursor a shopper sees every tea once, in order', () => {
  fc.assert(
    fc.property(fc.nat(60), fc.integer({ min: 1, max: 10 }), (count, page_size) => {
      const all = teas(count)
      const byPage = Array.from({ length: Math.ceil(count / page_size) }, (_, i) =>
        read(all, { page: i + 1, page_size }),
      )
      assert.deepEqual(
        byPage.flatMap(({ items }) => items),
        all,
      )
      const byCursor: typeof all = []
      for (let cursor: string | null | undefined; cursor !== null;) {
        const page = read(all, { page_size, ...(cursor !== undefined && { cursor }) })
        byCursor.push(...page.items)
        cursor = page.next_cursor
      }
      assert.deepEqual(byCursor, all)
    }),
  )
})

test('the last page has no cursor, and an empty list is one empty page', () => {
  assert.equal(read(teas(20), { page: 2, page_size: 10 }).next_cursor, null)
  assert.notEqual(read(teas(21), { page: 2, page_size: 10 }).next_cursor, null)
  assert.deepEqual(read([], {}), { items: [], total: 0, page: 1, page_size: 20, pages: 0, next_cursor: null })
})

test('skip and limit select the same window as page and page_size', () => {
  assert.deepEqual(windowOf({ skip: 40, limit: 20 }), windowOf({ page: 3, page_size: 20 }))
})

test('a short list is paged as a whole, by page and by cursor', () => {
  const all = teas(5)
  const first = pageOfAll(all, windowOf({ page_size: 2 }))
  const second = pageOfAll(all, windowOf({ page_size: 2, cursor: first.next_cursor ?? '' }))
  const third = pageOfAll(all, windowOf({ page: 3, page_size: 2 }))
  assert.deepEqual([...first.items, ...second.items, ...third.items], all)
  assert.equal(third.next_cursor, null)
})

test('a total that is a lower bound says so', () => {
  const page = pageOf({ items: [], total: 1000, window: windowOf({}), cursorOf: () => [0], total_capped: true })
  assert.equal(page.total_capped, true)
})

test('a cursor that no list issued is refused, never answered with a wrong page', () => {
  for (const cursor of [
    '',
    'x',
    cursorOf('{}'),
    cursorOf('[]'),
    cursorOf('[null]'),
    cursorOf('["\\u0000"]'),
    cursorOf('["\\ud800"]'),
  ])
    assert.throws(() => windowOf({ cursor }), isBadCursor, cursor)
  for (const position of ['[-1]', '[1.5]', '["1"]', '[1,2]'])
    assert.throws(() => pageOfAll([1, 2, 3], windowOf({ cursor: cursorOf(position) })), isBadCursor, position)
  fc.assert(
    fc.property(fc.string(), (cursor) => {
      try {
        windowOf({ cursor })
      } catch (error) {
        assert.ok(isBadCursor(error))
      }
    }),
  )
})

test('a list sorted by id continues after the id in the cursor', () => {
  const id = newId()
  assert.equal(idAfter(windowOf({ cursor: cursorOf(JSON.stringify([id])) })), id)
  assert.equal(idAfter(windowOf({})), undefined)
  for (const cursor of ['["tea"]', '[1]', `["${id}","${id}"]`])
    assert.throws(() => idAfter(windowOf({ cursor: cursorOf(cursor) })), isBadCursor, cursor)
})

test('a page deeper than 10,000 rows is refused, because PostgreSQL would read them all', () => {
  assert.equal(windowOf({ skip: 10_000 }).offset, 10_000)
  assert.throws(() => windowOf({ skip: 10_001 }), { name: 'InvalidPage', reason: 'offset-too-deep' })
})
