import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { createClient } from '@redis/client'
import { hasRedisServer, openRedisServer, type RedisServer } from '#platform/redis/testing'
import { eventually } from '#platform/testing'
import { cacheContract } from './cache.contract.ts'
import { redisCache, type RedisCache } from './redis-cache.ts'

const url = process.env['REDIS_URL']
const skip = hasRedisServer()
  ? false
  : 'NOT TESTED: there is no redis-server on this machine (scripts/services.sh up redis)'
const skipContract = url === undefined ? skip : false
if (skipContract !== false) test('the contract of the cache on Redis (PLT-8)', { skip: skipContract }, () => {})

const caches: RedisCache[] = []
/** Opens a cache that answers already. */
async function open(address: string, settings: { random?: () => number; report?: (line: string) => void } = {}) {
  const cache = redisCache({ url: address, random: () => 0, ...settings })
  caches.push(cache)
  await eventually(() => cache.ping())
  return cache
}
after(() => {
  for (const cache of caches) cache.close()
})

if (skipContract === false)
  cacheContract('Redis', async () => {
    const server = url === undefined ? await openRedisServer() : undefined
    const cache = await open(url ?? server?.url ?? assert.fail())
    await cache.bump('everything')
    return {
      cache,
      passTime: async (milliseconds) => await sleep(milliseconds),
      close: async () => {
        cache.close()
        await server?.kill()
      },
    }
  })

describe('a Redis that goes away (PLT-8)', { skip }, () => {
  let server: RedisServer
  before(async () => {
    server = await openRedisServer()
  })
  after(() => server.kill())

  const read = (cache: RedisCache, key: string, value: string) =>
    cache.through({ key, tags: ['tea'], ttl: 60_000, load: async () => value })

  test('two processes share values, and a change of one reaches the other (CAT-10)', async () => {
    const [one, other] = [await open(server.url), await open(server.url)]
    assert.equal(await read(one, 'shared', 'old'), 'old')
    assert.equal(await read(other, 'shared', 'new'), 'old')
    await other.bump('tea')
    assert.equal(await read(one, 'shared', 'new'), 'new')
  })

  test('a hung Redis delays a read by 50 ms at most, and after a few reads not at all', async () => {
    const cache = await open(server.url)
    await read(cache, 'hung', 'old')
    server.hang()
    try {
      for (let i = 0; i < 5; i++) {
        const started = performance.now()
        assert.equal(await read(cache, 'hung', 'loaded'), 'loaded')
        assert.ok(performance.now() - started < 500, 'the read waited')
      }
      const started = performance.now()
      for (let i = 0; i < 50; i++) await read(cache, 'hung', 'loaded')
      assert.ok(performance.now() - started < 50 * 50, 'the circuit is closed')
      await cache.bump('tea')
    } finally {
      server.resume()
    }
    await eventually(async () => {
      const { hits } = cache.metrics()
      assert.equal(await read(cache, 'hung', 'new'), 'new', 'a bump that Redis missed is sent before its next read')
      assert.equal(cache.metrics().hits, hits + 1)
    })
  })

  test('concurrent readers share one load while Redis is away, and a change is seen at once', async () => {
    const lines: string[] = []
    const cache = await open(server.url, { report: (line) => lines.push(line) })
    await read(cache, 'away', 'old')
    await server.kill()
    await eventually(async () => await assert.rejects(cache.ping()))
    let loads = 0
    const held = Promise.withResolvers<string>()
    const load = () => {
      loads++
      return held.promise
    }
    const reads = Array.from({ length: 20 }, () => cache.through({ key: 'crowd', tags: ['tea'], load }))
    await eventually(() => assert.equal(loads, 1))
    await cache.bump('tea')
    assert.equal(await cache.through({ key: 'crowd', tags: ['tea'], load: async () => 'new' }), 'new')
    held.resolve('old')
    assert.deepEqual(new Set(await Promise.all(reads)), new Set(['old']), 'they asked before the change')
    assert.equal(loads, 1)
    await server.start()
    await eventually(async () => {
      const { hits } = cache.metrics()
      await read(cache, 'away', 'new')
      assert.equal(cache.metrics().hits, hits + 1)
    })
    assert.equal(await read(cache, 'away', 'newer'), 'new', 'Redis came back empty')
    assert.match(lines.join('\n'), /^Redis does not answer \(.*\nRedis answers again$/)
  })

  test('a Redis that returns with an old snapshot serves nothing of it (CAT-10)', async () => {
    const cache = await open(server.url)
    await read(cache, 'snapshot', 'old')
    const client = createClient({ url: server.url })
    await client.connect()
    const keys = await client.keys('posad:*')
    const snapshot = await Promise.all(keys.map(async (key) => [key, (await client.get(key)) ?? ''] as const))
    client.destroy()
    await cache.bump('tea')
    await server.kill()
    await server.start()
    const restored = createClient({ url: server.url })
    await restored.connect()
    for (const [key, value] of snapshot) await restored.set(key, value)
    restored.destroy()
    await eventually(() => cache.ping())
    assert.equal(await read(cache, 'snapshot', 'new'), 'new')
  })
})
