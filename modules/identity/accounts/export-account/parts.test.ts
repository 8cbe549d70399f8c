import assert from 'node:assert/strict'
import { test } from 'node:test'
import { partsOf } from './parts.ts'

const head = { exported_at: '2026-11-01T00:00:00Z', user: { name: 'Anna "A"' } }

test('the parts of an export are one JSON, whatever the shop knows (ID-18)', () => {
  for (const counts of [[], [0], [1, 0, 50], [51, 100, 149]]) {
    const records = Object.fromEntries(
      counts.map((count, i) => [`kind "${i}"`, Array.from({ length: count }, (_, n) => ({ n, at: new Date(n) }))]),
    )
    const parsed: unknown = JSON.parse([...partsOf(head, records)].join(''))
    assert.deepEqual(parsed, JSON.parse(JSON.stringify({ ...head, records })))
  }
})

test('no part of an export has more than fifty records (ID-18)', () => {
  const orders = Array.from({ length: 1001 }, (_, n) => ({ n }))
  const counts = [...partsOf(head, { orders })].map((part) => part.match(/"n":/g)?.length ?? 0)
  assert.equal(Math.max(...counts), 50)
  assert.equal(
    counts.reduce((sum, count) => sum + count, 0),
    1001,
  )
})
