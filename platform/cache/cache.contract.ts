import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Cache } from './cache.ts'

/** A cache to be tried, and a way to let time go by for it. */
type TriedCache = Readonly<{
  cache: Cache
  passTime: (milliseconds: number) => Promise<void>
  close: () => Promise<void>
}>

/** A load that the test lets end when it wants, and that counts its calls. */
function heldLoad() {
  const waiting: ((value: string) => void)[] = []
  return {
    load: () => new Promise<string>((resolve) => waiting.push(resolve)),
    count: () => waiting.length,
    end: (call: number, value: string) => waiting[call]?.(value),
  }
}

const ttl = 1000

/** What every cache keeps to, whatever it is made of. */
export function cacheContract(name: string, open: () => Promise<TriedCache>): void {
  describe(`${name} as a cache`, () => {
    let opened: TriedCache
    before(async () => {
      opened = await open()
    })
    after(() => opened.close())
    const tried = () => opened
    const through: Through = (key, load, tags = []) => opened.cache.through({ key, tags, ttl, absentTtl: 100, load })
    servesWhatWasLoaded(tried, through)
    forgetsWhatChanged(tried, through)
    keepsPlainValues(tried, through)
  })
}

type Tried = () => TriedCache
type Through = (
  key: string,
  load: () => Promise<string | undefined>,
  tags?: readonly string[],
) => Promise<string | undefined>

function servesWhatWasLoaded(tried: Tried, through: Through): void {
  test('loads once and serves the same until its time is over (PLT-8)', async () => {
    let loads = 0
    const read = () => through('once', async () => `tea ${++loads}`)
    assert.deepEqual([await read(), await read(), await read()], ['tea 1', 'tea 1', 'tea 1'])
    await tried().passTime(ttl * 1.01)
    assert.equal(await read(), 'tea 2')
  })

  test('keeps anything that JSON can say', async () => {
    const value = { body: '{"price":125000}', etag: '"1"', list: [1, null, true, 'чай'] }
    const read = () => tried().cache.through({ key: 'json', ttl, load: async () => value })
    await read()
    assert.deepEqual(await read(), value)
  })

  test('a hundred buyers who ask at once cost one load (PLT-8)', async () => {
    const held = heldLoad()
    const reads = Array.from({ length: 100 }, () => through('crowd', held.load))
    await until(() => held.count() > 0)
    held.end(0, 'tea')
    assert.deepEqual(new Set(await Promise.all(reads)), new Set(['tea']))
    assert.equal(held.count(), 1)
  })

  test('what does not exist is remembered too, but not for long (PLT-8)', async () => {
    let loads = 0
    const read = () =>
      through('absent', async () => {
        loads++
        return undefined
      })
    assert.deepEqual([await read(), await read()], [undefined, undefined])
    assert.equal(loads, 1)
    await tried().passTime(101)
    await read()
    assert.equal(loads, 2)
  })

  test('a failed load is told to all who wait and not remembered', async () => {
    const fail = () => Promise.reject(new Error('database away'))
    const results = await Promise.allSettled([through('failing', fail), through('failing', fail)])
    assert.deepEqual(new Set(results.map(({ status }) => status)), new Set(['rejected']))
    assert.equal(await through('failing', async () => 'tea'), 'tea')
  })
}

function forgetsWhatChanged(tried: Tried, through: Through): void {
  test('a bump makes all under the tag new at once, and nothing else (CAT-10)', async () => {
    const read = (key: string, value: string, tags: string[]) => through(key, async () => value, tags)
    await read('list', 'old', ['products'])
    await read('one', 'old', ['products', 'product:1'])
    await read('two', 'old', ['product:2'])
    await tried().cache.bump('product:1')
    assert.deepEqual(
      [await read('list', 'new', ['products']), await read('one', 'new', ['products', 'product:1'])],
      ['old', 'new'],
    )
    await tried().cache.bump('products', 'product:1')
    assert.deepEqual(
      [await read('list', 'newer', ['products']), await read('one', 'newer', ['products', 'product:1'])],
      ['newer', 'newer'],
    )
    assert.equal(await read('two', 'new', ['product:2']), 'old')
  })

  test('a price read before the change is never served after it, however late the read ends (CAT-10)', async () => {
    const held = heldLoad()
    const early = through('price', held.load, ['product:price'])
    await until(() => held.count() === 1)
    await tried().cache.bump('product:price')
    const late = through('price', held.load, ['product:price'])
    await until(() => held.count() === 2)
    held.end(1, 'new price')
    assert.equal(await late, 'new price')
    held.end(0, 'old price')
    assert.equal(await early, 'old price', 'who asked before the change may see what was before it')
    assert.equal(await through('price', held.load, ['product:price']), 'new price')
    assert.equal(held.count(), 2)
  })

  test('a read that began before the change and ended alone is read again (CAT-10)', async () => {
    const held = heldLoad()
    const early = through('lonely', held.load, ['product:lonely'])
    await until(() => held.count() === 1)
    await tried().cache.bump('product:lonely')
    held.end(0, 'old')
    await early
    assert.equal(await through('lonely', async () => 'new', ['product:lonely']), 'new')
  })
}

function keepsPlainValues(tried: Tried, through: Through): void {
  test('plain values come and go with their time', async () => {
    await tried().cache.set('plain', { a: 1 }, ttl)
    assert.deepEqual(await tried().cache.get('plain'), { a: 1 })
    await tried().passTime(ttl * 1.01)
    assert.equal(await tried().cache.get('plain'), undefined)
  })

  test('a plain look does not find what was bumped', async () => {
    await through('looked', async () => 'old', ['product:looked'])
    assert.equal(await tried().cache.get('looked'), 'old')
    await tried().cache.bump('product:looked')
    assert.equal(await tried().cache.get('looked'), undefined)
  })

  test('hits and misses are counted (PLT-17)', async () => {
    const { hits, misses } = tried().cache.metrics()
    await through('counted', async () => 'tea')
    await through('counted', async () => 'tea')
    await through('counted', async () => 'tea')
    const now = tried().cache.metrics()
    assert.deepEqual([now.hits - hits, now.misses - misses], [2, 1])
  })
}

async function until(isSo: () => boolean): Promise<void> {
  for (let turn = 0; !isSo(); turn++) {
    assert.ok(turn < 5000, 'never so')
    await new Promise((resolve) => setImmediate(resolve))
  }
}
