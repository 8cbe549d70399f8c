import assert from 'node:assert/strict'
import { test } from 'node:test'
import { operations } from './openapi.ts'

const lists = operations.filter(({ method, summary }) => method === 'get' && summary.startsWith('List '))

test('every list says how many items an answer has at most (PERF-5)', () => {
  assert.ok(lists.length > 40)
  const unbounded = lists.flatMap(({ path, answer }) =>
    Object.entries(answer?.properties ?? {})
      .filter(([, { type, maxItems }]) => type === 'array' && maxItems === undefined)
      .map(([name]) => `${name} of GET ${path}`),
  )
  assert.deepEqual(unbounded, [])
})
