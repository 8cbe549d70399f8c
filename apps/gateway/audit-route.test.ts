import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { windowOf, pageOf } from '#platform/outcome'
import { newId } from '#platform/values'
import { mergedPage } from './audit-route.ts'

type Act = Readonly<{ id: string }>

/** A page as a service reads it: newest first, after the cursor. */
function read(acts: readonly Act[], page_size: number, cursor: string | null) {
  const window = windowOf({ page_size, ...(cursor !== null && { cursor }) })
  const before = window.cursor?.[0]
  const rest = acts
    .toSorted((one, other) => (one.id < other.id ? 1 : -1))
    .filter(({ id }) => before === undefined || id < before)
  return pageOf({
    items: rest.slice(0, page_size + 1),
    counted: acts.length,
    window,
    cursorOf: ({ id }) => [id],
  })
}

test('page by page the gateway shows every act of every service once, newest first (PLT-6, PLT-15)', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(3), { maxLength: 40 }), fc.integer({ min: 1, max: 7 }), (owners, page_size) => {
      const acts = owners.map((owner) => ({ id: newId(), owner }))
      const services = [0, 1, 2, 3].map((owner) => acts.filter((act) => act.owner === owner))
      const seen: string[] = []
      for (let cursor: string | null = null, isFirst = true; isFirst || cursor !== null; isFirst = false) {
        const page = mergedPage(
          services.map((own) => read(own, page_size, cursor)),
          page_size,
        )
        assert.equal(page.total, acts.length)
        assert.ok(page.items.length <= page_size)
        seen.push(...page.items.map(({ id }) => id))
        cursor = page.next_cursor
      }
      assert.deepEqual(
        seen,
        acts.map(({ id }) => id).toSorted((one, other) => (one < other ? 1 : -1)),
      )
    }),
  )
})

test('services that share a database show each act once, and count it once (PLT-15)', () => {
  const acts = Array.from({ length: 5 }, () => ({ id: newId() }))
  const { items, total, next_cursor } = mergedPage([read(acts, 3, null), read(acts, 3, null)], 3)
  assert.deepEqual([items.length, total, next_cursor === null], [3, 5, false])
})
