import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { hasRedisServer, openRedisServer, type RedisServer } from '#platform/redis/testing'
import { eventually } from '#platform/testing'
import { openLimiter } from './limiter.ts'
import { redisCounts, type RedisCounts } from './redis-counts.ts'

const url = process.env['REDIS_URL'] || undefined
const skip =
  url !== undefined || hasRedisServer()
    ? false
    : 'NOT TESTED: there is no redis-server on this machine (scripts/services.sh up redis)'

/** Five at once, then one an hour: nothing refills while a test runs. */
const login = { count: 1, seconds: 3600, burst: 5 }

/** The attempts that a process would grant at once. */
function freeIn(limiter: ReturnType<typeof openLimiter>, key = 'anna'): number {
  const { granted = false, remaining = 0 } = limiter.take('login', key) ?? {}
  if (granted) limiter.giveBack('login', key)
  return granted ? remaining + 1 : 0
}

describe('limits that processes share by Redis (PLT-10)', { skip }, () => {
  let server: RedisServer | undefined
  const opened: RedisCounts[] = []
  before(async () => {
    if (url === undefined) server = await openRedisServer()
  })
  after(async () => {
    for (const counts of opened) counts.close()
    await server?.kill()
  })

  const name = () => crypto.randomUUID()
  async function openProcess(limiter: string, address = url ?? server?.url ?? assert.fail()) {
    const counts = redisCounts({ url: address })
    opened.push(counts)
    await eventually(() => counts.ping())
    return openLimiter({ kind: 'on', rates: { login, refresh: login }, counts }, { name: limiter })
  }
  type Process = Awaited<ReturnType<typeof openProcess>>
  const takes = (limiter: Process, count: number, key = 'anna') =>
    Array.from({ length: count }, () => limiter.take('login', key)?.granted).filter(Boolean).length

  test('an attempt in one process counts in the other, under its own limit and key', async () => {
    const shared = name()
    const [one, other] = [await openProcess(shared), await openProcess(shared)]
    assert.equal(takes(one, 4), 4)
    assert.equal(takes(other, 1), 1, 'a take does not wait for Redis')
    await eventually(() => assert.deepEqual([freeIn(one), freeIn(other)], [0, 0]))
    assert.equal(takes(other, 1, 'boris'), 1)
    assert.equal(other.take('refresh', 'anna')?.granted, true)
    const elsewhere = await openProcess(name())
    assert.equal(takes(elsewhere, 5), 5, 'a limiter of another name counts by itself')
  })

  test('processes that granted more than the burst before they knew of each other refuse as much later', async () => {
    const shared = name()
    const processes = await Promise.all(Array.from({ length: 4 }, () => openProcess(shared)))
    for (const each of processes) assert.equal(takes(each, 9), 5)
    // Twenty were granted: at one an hour, the next is granted after fifteen hours and not after one.
    await eventually(() => {
      for (const each of processes) {
        const { granted = true, retryAfter = 0 } = each.take('login', 'anna') ?? {}
        assert.equal(granted, false)
        assert.ok(retryAfter > 15 * 3600 && retryAfter <= 16 * 3600, `retry after ${retryAfter} s`)
      }
    })
  })

  test('an attempt that was given back, and a limit that was cleared, count in no process', async () => {
    const shared = name()
    const [one, other] = [await openProcess(shared), await openProcess(shared)]
    assert.equal(takes(one, 5), 5)
    await eventually(() => assert.equal(freeIn(other), 0))
    one.giveBack('login', 'anna')
    await eventually(() => assert.equal(freeIn(other), 1))
    assert.equal(takes(other, 1), 1)
    await eventually(() => assert.equal(freeIn(one), 0))
    one.clear('login', 'anna')
    await eventually(() => assert.equal(freeIn(other), 5))
  })

  test('Redis has no key in which an e-mail or an address can be read, and its keys expire (SEC-4)', async () => {
    const counts = redisCounts({ url: url ?? server?.url ?? assert.fail() })
    opened.push(counts)
    const seen: string[] = []
    const spy = {
      exchange: (changes: Parameters<RedisCounts['exchange']>[0]) => {
        seen.push(...changes.map(({ bucket }) => bucket))
        return counts.exchange(changes)
      },
    }
    await eventually(() => counts.ping())
    const limiter = openLimiter({ kind: 'on', rates: { login }, counts: spy }, { name: name() })
    limiter.take('login', 'anna@example.com 10.0.0.1')
    await eventually(() => assert.equal(seen.length, 1))
    assert.match(seen[0] ?? '', /^[\w-]{22}$/)
    const [level = NaN] = await counts.exchange([{ bucket: seen[0] ?? '', isCleared: false, add: 0, atLeast: 0 }])
    assert.ok(level > 3_590_000 && level <= 3_600_000)
  })
})

describe('a Redis of the limits that goes away (PLT-8, PLT-10)', { skip: hasRedisServer() ? false : skip }, () => {
  let server: RedisServer
  const opened: RedisCounts[] = []
  before(async () => {
    server = await openRedisServer()
  })
  after(async () => {
    for (const counts of opened) counts.close()
    await server.kill()
  })
  const openProcess = (report: (line: string) => void = () => {}) => {
    const counts = redisCounts({ url: server.url, report })
    opened.push(counts)
    return { counts, limiter: openLimiter({ kind: 'on', rates: { login }, counts }, { name: 'outage' }) }
  }

  test('a hung Redis delays no take, and each process counts by itself until it answers', async () => {
    const [one, other] = [openProcess(), openProcess()]
    await eventually(() => Promise.all([one.counts.ping(), other.counts.ping()]))
    assert.equal(one.limiter.take('login', 'anna')?.remaining, 4)
    await eventually(() => assert.equal(freeIn(other.limiter), 4))
    server.hang()
    try {
      const started = performance.now()
      for (let i = 0; i < 1000; i++) one.limiter.take('login', `caller ${i}`)
      assert.ok(performance.now() - started < 1000, 'a take waited')
      // The attempts from before Redis hung still count here.
      while (one.limiter.take('login', 'anna')?.granted);
      await assert.rejects(one.counts.exchange([{ bucket: 'x', isCleared: false, add: 1, atLeast: 0 }]))
      assert.equal(one.limiter.take('login', 'anna')?.granted, false)
    } finally {
      server.resume()
    }
    // The attempts of the outage reach the other process, once: the level is that of five attempts and not of their sum.
    await eventually(() => assert.equal(freeIn(other.limiter), 0))
    const { retryAfter = 0 } = other.limiter.take('login', 'anna') ?? {}
    assert.ok(retryAfter <= 3600, `retry after ${retryAfter} s`)
  })

  test('a Redis that is absent at the start limits each process by itself, and counts are shared when it comes', async () => {
    await server.kill()
    const lines: string[] = []
    const [one, other] = [openProcess((line) => lines.push(line)), openProcess()]
    const take = ({ limiter }: typeof one) => limiter.take('login', 'boris')?.granted
    assert.deepEqual(
      [1, 2, 3, 4, 5, 6].map(() => take(one)),
      [true, true, true, true, true, false],
    )
    assert.equal(take(other), true)
    await eventually(() => assert.match(lines[0] ?? '', /every process counts its rate limits by itself/))
    await server.start()
    await eventually(() => assert.equal(freeIn(other.limiter, 'boris'), 0))
  })
})
