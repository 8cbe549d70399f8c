import assert from 'node:assert/strict'
import { test } from 'node:test'
import { queryCache } from './query-cache.ts'

const open = () => queryCache<string>({ max: 10, ttl: 60_000 })

test('a burst of requests runs one query', async () => {
  const cache = open()
  let queries = 0
  const query = async () => `result ${++queries}`
  assert.deepEqual(await Promise.all([cache.through('all', query), cache.through('all', query)]), [
    'result 1',
    'result 1',
  ])
  assert.equal(await cache.through('other', query), 'result 2')
})

test('a query that began before a change is not returned after it', async () => {
  const cache = open()
  const before = Promise.withResolvers<string>()
  const first = cache.through('all', () => before.promise)
  cache.clear()
  const second = cache.through('all', async () => 'after')
  before.resolve('before')
  assert.deepEqual(await Promise.all([first, second]), ['before', 'after'])
  assert.equal(await cache.through('all', async () => 'again'), 'after')
})

test('a failed query is not cached', async () => {
  const cache = open()
  const fail = () => cache.through('all', () => Promise.reject(new Error('the database is gone')))
  await assert.rejects(fail)
  assert.equal(await cache.through('all', async () => 'result'), 'result')
})
