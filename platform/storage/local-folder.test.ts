import assert from 'node:assert/strict'
import { chmod, readdir, stat, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { after, before, test } from 'node:test'
import { testDatabase } from '#platform/testing'
import { storageContract } from './storage.contract.ts'
import { openLocalFolder } from './testing.ts'

const database = await testDatabase()
after(() => database.close())

storageContract('A local folder', openLocalFolder)

let opened: Awaited<ReturnType<typeof openLocalFolder>>
before(async () => {
  opened = await openLocalFolder()
})
after(() => opened.close())

const key = 'public/images/tea.webp'
const get = (path: string, headers: Record<string, string> = {}) => fetch(`${opened.address}${path}`, { headers })

test('a public file is served with its type, for ever, and in parts (MED-4)', async () => {
  await opened.storage.put(key, { body: Buffer.from('oolong tea'), byte_size: 10 })
  const response = await get(`/media/${key}`)
  assert.equal(await response.text(), 'oolong tea')
  assert.equal(response.headers.get('content-type'), 'image/webp')
  assert.equal(response.headers.get('cache-control'), 'public, max-age=31536000, immutable')
  assert.equal(response.headers.get('x-content-type-options'), 'nosniff')
  assert.equal(response.headers.get('content-security-policy'), "default-src 'none'; frame-ancestors 'none'")

  const etag = response.headers.get('etag') ?? ''
  assert.equal((await get(`/media/${key}`, { 'if-none-match': etag })).status, 304)
  const part = await get(`/media/${key}`, { range: 'bytes=7-' })
  assert.deepEqual([part.status, part.headers.get('content-range'), await part.text()], [206, 'bytes 7-9/10', 'tea'])
  assert.equal((await get(`/media/${key}`, { range: 'bytes=7-', 'if-range': '"old"' })).status, 200)
  const beyond = await get(`/media/${key}`, { range: 'bytes=10-' })
  assert.deepEqual([beyond.status, beyond.headers.get('content-range')], [416, 'bytes */10'])
  for (const range of ['bytes=0-1,3-4', 'bytes=5-2', 'bytes=-', 'pages=1-2'])
    assert.equal((await get(`/media/${key}`, { range })).status, 200, `${range} is ignored`)
  const head = await fetch(`${opened.address}/media/${key}`, { method: 'HEAD' })
  assert.deepEqual([head.status, head.headers.get('content-length')], [200, '10'])
})

test('other users of the machine read public files only (MED-6)', async () => {
  const modeOf = async (path: string) => ((await stat(join(opened.directory, path))).mode & 0o777).toString(8)
  await opened.storage.put('private/originals/gate.jpg', { body: Buffer.from('gate'), byte_size: 4 })
  await opened.storage.put('public/images/cup.webp', { body: Buffer.from('cup'), byte_size: 3 })
  assert.deepEqual(
    await Promise.all(['private', 'incoming', 'private/originals/gate.jpg', 'public/images/cup.webp'].map(modeOf)),
    ['700', '700', '600', '644'],
  )
  await chmod(join(opened.directory, 'private'), 0o755)
  await opened.storage.probe()
  assert.equal(await modeOf('private'), '700', 'a folder of an earlier version is closed')
})

test('an absent file, a private one and a path out of the folder are not found, and no cache stores that (MED-4, A12)', async () => {
  const secretKey = 'private/secret.webp'
  await opened.storage.put(secretKey, { body: Buffer.from('secret'), byte_size: 6 })
  const paths = [
    'public/none.webp',
    secretKey,
    `${secretKey}?expires=99999999999&signature=x`,
    'public/%2e%2e/private/secret.webp',
    'public/..%2fprivate/secret.webp',
    'public/..%5cprivate%5csecret.webp',
    'public%00/x',
    '%2fetc%2fpasswd',
    'public',
    '',
  ]
  for (const path of paths) {
    const response = await get(`/media/${path}`)
    assert.ok([400, 404].includes(response.status), `${path}: ${response.status}`)
    assert.equal(response.headers.get('cache-control'), 'no-store', path)
  }
})

test('a reader sees no file before it is whole, and a broken put leaves nothing behind (MED-4)', async () => {
  const gate = Promise.withResolvers<void>()
  const started = Promise.withResolvers<void>()
  const body = Readable.from(
    (async function* () {
      yield Buffer.from('half')
      started.resolve()
      await gate.promise
      yield Buffer.from('whole')
    })(),
  )
  const putting = opened.storage.put('public/slow.webp', { body, byte_size: 9 })
  await started.promise
  assert.equal(await opened.storage.sizeOf('public/slow.webp'), undefined)
  gate.resolve()
  await putting
  assert.equal(await opened.storage.sizeOf('public/slow.webp'), 9)
  await assert.rejects(opened.storage.put('public/x.webp', { body: Buffer.alloc(3), byte_size: 4 }), /3 bytes/)
  assert.deepEqual(await readdir(join(opened.directory, 'incoming')), [])
})

test('a folder is no file (A12)', async () => {
  await opened.storage.put('public/folder/tea.webp', { body: Buffer.alloc(1), byte_size: 1 })
  assert.deepEqual(await opened.storage.get('public/folder'), { kind: 'not-found' })
  assert.deepEqual(await opened.storage.get('public/folder/tea.webp/x'), { kind: 'not-found' })
  await symlink('/etc', join(opened.directory, 'public', 'link'))
  assert.deepEqual(await opened.storage.get('public/link'), { kind: 'not-found' })
})
