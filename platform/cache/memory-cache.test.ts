import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { cacheContract } from './cache.contract.ts'
import { hitSamples, memoryCache } from './index.ts'

cacheContract('The memory of the process', async () => {
  let time = 0
  const cache = memoryCache({ maxBytes: 1_000_000, now: () => time })
  return { cache, passTime: async (milliseconds) => void (time += milliseconds), close: async () => {} }
})

test('values cached together do not expire together, and none lives too long (PLT-8)', async () => {
  let time = 0
  let random = 0
  const cache = memoryCache({ maxBytes: 1_000_000, now: () => time, random: () => random })
  await cache.set('late', 1, 1000)
  random = 0.999
  await cache.set('early', 1, 1000)
  const left = async () => [await cache.get('early'), await cache.get('late')]
  time = 900
  assert.deepEqual(await left(), [1, 1])
  time = 901
  assert.deepEqual(await left(), [undefined, 1])
  time = 1000
  assert.deepEqual(await left(), [undefined, undefined])
})

test('a value without its own lifetime gets the default of the cache (PLT-8)', async () => {
  let time = 0
  const cache = memoryCache({ maxBytes: 1_000_000, defaultTtl: 2000, now: () => time, random: () => 0 })
  let loads = 0
  const read = async (lifetime: { ttl?: number } = {}) =>
    await cache.through({ key: JSON.stringify(lifetime), ...lifetime, load: async () => ++loads })
  assert.deepEqual([await read(), await read({ ttl: 5000 })], [1, 2])
  time = 1999
  assert.deepEqual([await read(), await read({ ttl: 5000 })], [1, 2])
  time = 2001
  assert.deepEqual([await read(), await read({ ttl: 5000 })], [3, 2])
})

test('memory is bounded: the least used value goes first, and a huge value is not cached (PLT-8)', async () => {
  const cache = memoryCache({ maxBytes: 100_000 })
  const page = 'x'.repeat(5000)
  await cache.set('popular', page, 60_000)
  for (let index = 0; index < 200; index++) {
    await cache.set(`page ${index}`, page, 60_000)
    assert.equal(await cache.get('popular'), page)
    assert.ok(cache.metrics().bytes <= 100_000)
  }
  assert.ok(cache.metrics().entries >= 15, `${cache.metrics().entries} entries`)
  assert.equal(await cache.get('page 0'), undefined)
  await cache.set('huge', 'x'.repeat(20_000), 60_000)
  assert.equal(await cache.get('huge'), undefined)
  assert.equal(await cache.get('popular'), page)
})

test('the estimated size follows the real memory of the values', async () => {
  const cache = memoryCache({ maxBytes: 1e9 })
  const before = heapUsed()
  for (let index = 0; index < 5000; index++) {
    const value = {
      body: JSON.stringify({ index, text: 'чай'.repeat(100) }),
      etag: `"${index}"`,
      tags: [`${index}`, 'tea'],
    }
    await cache.set(`key ${index}`, value, 60_000)
  }
  const ratio = (heapUsed() - before) / cache.metrics().bytes
  assert.ok(ratio > 0.5 && ratio < 2, `heap grew by ${ratio.toFixed(2)} × the estimate`)
})

test('a caller cannot change a value that others share', async () => {
  const cache = memoryCache({ maxBytes: 1_000_000 })
  const product = await cache.through({
    key: 'p',
    ttl: 1000,
    load: async () => ({ name: 'Oolong', variants: [{ price: 1 }] }),
  })
  assert.throws(() => Object.assign(product.variants[0] as object, { price: 0 }), TypeError)
})

test('sixty thousand other tags never bring an old value back (CAT-10)', async () => {
  const cache = memoryCache({ maxBytes: 1_000_000 })
  const read = (value: string) => cache.through({ key: 'k', tags: ['mine'], ttl: 60_000, load: async () => value })
  await read('old')
  await cache.bump('mine')
  for (let index = 0; index < 60_000; index++) await cache.bump(`other ${index}`)
  assert.equal(await read('new'), 'new')
})

test('hits and misses are samples of one metric (PLT-17)', async () => {
  const cache = memoryCache({ maxBytes: 1_000_000 })
  await cache.get('absent')
  assert.deepEqual(hitSamples(cache)(), [
    { labels: { outcome: 'hit' }, value: 0 },
    { labels: { outcome: 'miss' }, value: 1 },
  ])
})

test('in every order of reads, changes and slow loads, a reader sees the last finished change (CAT-10)', async () => {
  type Act = { kind: 'read'; slow: number } | { kind: 'change' } | { kind: 'wait'; turns: number }
  const act: fc.Arbitrary<Act> = fc.oneof(
    fc.record({ kind: fc.constant('read' as const), slow: fc.nat(5) }),
    fc.record({ kind: fc.constant('change' as const) }),
    fc.record({ kind: fc.constant('wait' as const), turns: fc.nat(4) }),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(act, { minLength: 3, maxLength: 40 }), async (acts) => {
      const cache = memoryCache({ maxBytes: 100_000 })
      let price = 0
      const reads: Promise<void>[] = []
      const read = async (slow: number) => {
        const atLeast = price
        const load = async () => {
          const seen = price
          await turns(slow)
          return seen
        }
        const seen = await cache.through({ key: 'price', tags: ['product'], ttl: 60_000, load })
        assert.ok(seen >= atLeast, `read ${seen} after ${atLeast} was committed`)
      }
      for (const one of acts) {
        if (one.kind === 'read') reads.push(read(one.slow))
        else if (one.kind === 'wait') await turns(one.turns)
        else {
          price++
          await cache.bump('product')
        }
      }
      await Promise.all(reads)
    }),
    { numRuns: 300 },
  )
})

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await Promise.resolve()
}

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

function heapUsed(): number {
  collectGarbage()
  return process.memoryUsage().heapUsed
}
