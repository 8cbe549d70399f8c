import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Cache } from './cache.ts'

/** A cache under test, and a way to advance its clock. */
type TestedCache = Readonly<{
  cache: Cache
  passTime: (milliseconds: number) => Promise<void>
  close: () => Promise<void>
}>

/** A load function whose calls the test counts and ends. */
function heldLoad() {
  const calls: ((value: string) => void)[] = []
  return {
    load: () => new Promise<string>((resolve) => calls.push(resolve)),
    count: () => calls.length,
    end: (call: number, value: string) => calls[call]?.(value),
  }
}

const ttl = 1000

/** The contract of every cache. */
export function cacheContract(name: string, open: () => Promise<TestedCache>): void {
  describe(`${name} as a cache`, () => {
    let opened: TestedCache
    before(async () => {
      opened = await open()
    })
    after(() => opened.close())
    const tested = () => opened
    const through: Through = (key, load, tags = []) => opened.cache.through({ key, tags, ttl, absentTtl: 100, load })
    servesLoadedValues(tested, through)
    dropsChangedValues(tested, through)
    storesPlainValues(tested, through)
  })
}

type Tested = () => TestedCache
type Through = (
  key: string,
  load: () => Promise<string | undefined>,
  tags?: readonly string[],
) => Promise<string | undefined>

function servesLoadedValues(tested: Tested, through: Through): void {
  test('loads once and serves the same value until it expires (PLT-8)', async () => {
    let loads = 0
    const read = () => through('once', async () => `tea ${++loads}`)
    assert.deepEqual([await read(), await read(), await read()], ['tea 1', 'tea 1', 'tea 1'])
    await tested().passTime(ttl * 1.01)
    assert.equal(await read(), 'tea 2')
  })

  test('stores any JSON value', async () => {
    const value = { body: '{"price":125000}', etag: '"1"', list: [1, null, true, 'чай'] }
    const read = () => tested().cache.through({ key: 'json', ttl, load: async () => value })
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

  test('an absent value is cached too, but not for long (PLT-8)', async () => {
    let loads = 0
    const read = () =>
      through('absent', async () => {
        loads++
        return undefined
      })
    assert.deepEqual([await read(), await read()], [undefined, undefined])
    assert.equal(loads, 1)
    await tested().passTime(101)
    await read()
    assert.equal(loads, 2)
  })

  test('a failed load reaches all waiting callers and is not cached', async () => {
    const fail = () => Promise.reject(new Error('the database is away'))
    const results = await Promise.allSettled([through('failing', fail), through('failing', fail)])
    assert.deepEqual(new Set(results.map(({ status }) => status)), new Set(['rejected']))
    assert.equal(await through('failing', async () => 'tea'), 'tea')
  })
}

function dropsChangedValues(tested: Tested, through: Through): void {
  test('a bump invalidates all values under its tag at once, and no others (CAT-10)', async () => {
    const read = (key: string, value: string, tags: string[]) => through(key, async () => value, tags)
    await read('list', 'old', ['products'])
    await read('one', 'old', ['products', 'product:1'])
    await read('two', 'old', ['product:2'])
    await tested().cache.bump('product:1')
    assert.deepEqual(
      [await read('list', 'new', ['products']), await read('one', 'new', ['products', 'product:1'])],
      ['old', 'new'],
    )
    await tested().cache.bump('products', 'product:1')
    assert.deepEqual(
      [await read('list', 'newer', ['products']), await read('one', 'newer', ['products', 'product:1'])],
      ['newer', 'newer'],
    )
    assert.equal(await read('two', 'new', ['product:2']), 'old')
  })

  test('a price from before a change is never served after it, even if its load ends last (CAT-10)', async () => {
    const held = heldLoad()
    const early = through('price', held.load, ['product:price'])
    await until(() => held.count() === 1)
    await tested().cache.bump('product:price')
    const late = through('price', held.load, ['product:price'])
    await until(() => held.count() === 2)
    held.end(1, 'new price')
    assert.equal(await late, 'new price')
    held.end(0, 'old price')
    assert.equal(await early, 'old price', 'a caller from before the change may see the old price')
    assert.equal(await through('price', held.load, ['product:price']), 'new price')
    assert.equal(held.count(), 2)
  })

  test('a value whose load started before a change is loaded again (CAT-10)', async () => {
    const held = heldLoad()
    const early = through('early', held.load, ['product:early'])
    await until(() => held.count() === 1)
    await tested().cache.bump('product:early')
    held.end(0, 'old')
    await early
    assert.equal(await through('early', async () => 'new', ['product:early']), 'new')
  })
}

function storesPlainValues(tested: Tested, through: Through): void {
  test('plain values expire', async () => {
    await tested().cache.set('plain', { a: 1 }, ttl)
    assert.deepEqual(await tested().cache.get('plain'), { a: 1 })
    await tested().passTime(ttl * 1.01)
    assert.equal(await tested().cache.get('plain'), undefined)
  })

  test('a plain read does not find a bumped value', async () => {
    await through('looked', async () => 'old', ['product:looked'])
    assert.equal(await tested().cache.get('looked'), 'old')
    await tested().cache.bump('product:looked')
    assert.equal(await tested().cache.get('looked'), undefined)
  })

  test('hits and misses are counted (PLT-17)', async () => {
    const { hits, misses } = tested().cache.metrics()
    await through('counted', async () => 'tea')
    await through('counted', async () => 'tea')
    await through('counted', async () => 'tea')
    const now = tested().cache.metrics()
    assert.deepEqual([now.hits - hits, now.misses - misses], [2, 1])
  })
}

async function until(isTrue: () => boolean): Promise<void> {
  for (let turn = 0; !isTrue(); turn++) {
    assert.ok(turn < 5000, 'the condition never became true')
    await new Promise((resolve) => setImmediate(resolve))
  }
}
