import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { after, before, describe, test } from 'node:test'
import { crowd } from '#platform/testing'
import { minutes, newId } from '#platform/values'
import type { ByteRange, Storage } from './storage.ts'

/** A storage under test, whose links lead to a server that runs. */
export type TestedStorage = Readonly<{
  storage: Storage
  /** Advances the clock of the links. */
  passTime: (milliseconds: number) => void
  close: () => Promise<void>
}>

type Tested = () => TestedStorage

const newKey = (extension = 'webp', folder = 'private') => `${folder}/tests/${newId()}.${extension}`
const tea = Buffer.from('oolong tea')

const put = async ({ storage }: TestedStorage, bytes: Buffer = tea, key: string = newKey()): Promise<string> => {
  await storage.put(key, { body: bytes, byte_size: bytes.length })
  return key
}

async function read({ storage }: TestedStorage, key: string, range?: ByteRange) {
  const found = await storage.get(key, range)
  if (found.kind !== 'found') return found
  const { body, ...rest } = found
  return { ...rest, text: (await buffer(body)).toString() }
}

const fetched = async (url: string) => {
  const response = await fetch(url)
  return { status: response.status, text: await response.text(), type: response.headers.get('content-type') }
}

/** The contract of every storage. */
export function storageContract(name: string, open: () => Promise<TestedStorage>): void {
  describe(`${name} as a storage`, () => {
    let opened: TestedStorage
    before(async () => {
      opened = await open()
    })
    after(() => opened.close())
    storesFiles(() => opened)
    storesWholeFiles(() => opened)
    givesLinks(() => opened)
    refusesKeys(() => opened)
  })
}

function storesFiles(tested: Tested): void {
  test('stores a file, gives it back and deletes it (MED-4)', async () => {
    const { storage } = tested()
    await storage.probe()
    const key = await put(tested())
    assert.equal(await storage.sizeOf(key), 10)
    assert.deepEqual(await read(tested(), key), { kind: 'found', byte_size: 10, first: 0, last: 9, text: 'oolong tea' })
    await storage.delete(key)
    assert.deepEqual(await read(tested(), key), { kind: 'not-found' })
    assert.equal(await storage.sizeOf(key), undefined)
    await storage.delete(key)
  })

  test('gives a part of a file (MED-4)', async () => {
    const key = await put(tested())
    const part = async (range: ByteRange) => {
      const found = await read(tested(), key, range)
      return 'text' in found ? [found.text, found.first, found.last, found.byte_size] : found
    }
    assert.deepEqual(await part({ first: 7 }), ['tea', 7, 9, 10])
    assert.deepEqual(await part({ first: 0, last: 5 }), ['oolong', 0, 5, 10])
    assert.deepEqual(await part({ first: 7, last: 500 }), ['tea', 7, 9, 10])
    assert.deepEqual(await part({ suffix: 3 }), ['tea', 7, 9, 10])
    assert.deepEqual(await part({ suffix: 500 }), ['oolong tea', 0, 9, 10])
    assert.deepEqual(await part({ first: 10 }), { kind: 'range-not-satisfiable', byte_size: 10 })
    assert.deepEqual(await read(tested(), newKey(), { first: 1 }), { kind: 'not-found' })
  })

  test('stores five megabytes as a stream (MED-4)', async () => {
    const { storage } = tested()
    const bytes = randomBytes(5_000_000)
    const key = newKey('png')
    const parts = Array.from({ length: 50 }, (_, part) => bytes.subarray(part * 100_000, (part + 1) * 100_000))
    await storage.put(key, { body: Readable.from(parts), byte_size: bytes.length })
    const found = await storage.get(key)
    assert.equal(found.kind, 'found')
    assert.ok(found.kind === 'found' && bytes.equals(await buffer(found.body)))
    await storage.delete(key)
  })

  test('a second put replaces the file, and many at once leave one whole file (MED-4)', async () => {
    const key = await put(tested())
    await put(tested(), Buffer.from('green'), key)
    assert.equal(await tested().storage.sizeOf(key), 5)
    await crowd(8, (number) => put(tested(), Buffer.alloc(100_000, String(number)), key))
    const found = await tested().storage.get(key)
    assert.ok(found.kind === 'found')
    const bytes = await buffer(found.body)
    assert.equal(bytes.length, 100_000)
    assert.equal(new Set(bytes).size, 1, 'the file has the bytes of one put')
  })
}

function storesWholeFiles(tested: Tested): void {
  test('a body that breaks off, is too short or too long leaves no file (MED-4)', async () => {
    const { storage } = tested()
    const broken = Readable.from(
      (async function* () {
        yield Buffer.alloc(1000)
        throw new Error('the client went away')
      })(),
    )
    const bodies = [broken, Readable.from([Buffer.alloc(10)]), Readable.from([Buffer.alloc(3000)])]
    for (const body of bodies) {
      const key = newKey()
      await assert.rejects(storage.put(key, { body, byte_size: 2000 }))
      assert.equal(await storage.sizeOf(key), undefined)
    }
  })

  test('a failed put leaves the file that was there (MED-4)', async () => {
    const key = await put(tested())
    await assert.rejects(tested().storage.put(key, { body: Readable.from([Buffer.alloc(3)]), byte_size: 2000 }))
    assert.equal(await tested().storage.sizeOf(key), 10)
  })

  test('a reader that goes away in the middle harms no other (MED-4)', async () => {
    const key = await put(tested(), Buffer.alloc(1_000_000, 'x'))
    const found = await tested().storage.get(key)
    assert.ok(found.kind === 'found')
    await once(found.body, 'readable')
    found.body.destroy()
    assert.equal(await tested().storage.sizeOf(key), 1_000_000)
  })
}

function givesLinks(tested: Tested): void {
  test('a link shows a private file until it expires, and no other file (MED-6)', async () => {
    const { storage, passTime } = tested()
    const key = await put(tested())
    const url = await storage.presignGet(key, { ttl: minutes(5) })
    assert.deepEqual(await fetched(url), { status: 200, text: 'oolong tea', type: 'image/webp' })
    const other = await put(tested(), Buffer.from('secret'))
    assert.ok((await fetched(url.replace(key, other))).status >= 400, 'the link shows one file only')
    assert.ok((await fetched(url.split('?', 1)[0]!)).status >= 400, 'nothing is shown without the signature')
    passTime(-minutes(10))
    const old = await storage.presignGet(key, { ttl: minutes(5) })
    passTime(minutes(10))
    assert.ok((await fetched(old)).status >= 400, 'the link has expired')
  })

  test('a presigned PUT takes one file of its size (MED-4)', async () => {
    const { storage } = tested()
    const key = newKey('jpg')
    const request = await storage.presignPut(key, { ttl: minutes(5), byte_size: tea.length })
    const send = (body: Buffer, url = request.url) => fetch(url, { ...request, body: new Uint8Array(body) })
    const wrong = await fetch(request.url, { method: 'PUT', body: new Uint8Array(20) })
    assert.ok(wrong.status >= 400, 'another size is refused')
    assert.ok((await send(tea, request.url.replace(key, newKey()))).status >= 400, 'another key is refused')
    assert.equal(await storage.sizeOf(key), undefined)
    assert.equal((await send(tea)).status, 200)
    assert.deepEqual(await fetched(await storage.presignGet(key, { ttl: minutes(1) })), {
      status: 200,
      text: 'oolong tea',
      type: 'image/jpeg',
    })
    const any = await storage.presignPut(key, { ttl: minutes(5) })
    assert.equal((await fetch(any.url, { ...any, body: 'green' })).status, 200)
    assert.equal(await storage.sizeOf(key), 5)
  })

  test('a public file has an address, and a private one has none (MED-6)', () => {
    const { storage } = tested()
    const key = newKey('webp', 'public')
    assert.ok(storage.publicUrl(key).endsWith(`/${key}`))
    assert.throws(() => storage.publicUrl(newKey()), TypeError)
  })
}

function refusesKeys(tested: Tested): void {
  const bad = [
    '',
    'tea.webp',
    'secret/tea.webp',
    'public/../../etc/passwd',
    'public/..',
    'public//tea',
    'public/.tea',
    'public/a\0b',
    'public/Tea.webp',
    '/etc/passwd',
    'public/tea?x',
    'public/a b',
    'public/%2e%2e/x',
    'public\\..\\x',
    `public/${'a'.repeat(101)}`,
  ]
  test('a key that leaves its folder is refused by every function (MED-4)', async () => {
    const { storage } = tested()
    for (const key of bad) {
      const calls = [
        () => storage.put(key, { body: tea, byte_size: tea.length }),
        () => storage.get(key),
        () => storage.sizeOf(key),
        () => storage.delete(key),
        () => storage.presignGet(key, { ttl: 1000 }),
        () => storage.presignPut(key, { ttl: 1000 }),
        async () => storage.publicUrl(key),
      ]
      for (const call of calls) await assert.rejects(async () => await call(), TypeError, key)
    }
  })
}
