import assert from 'node:assert/strict'
import { readdir } from 'node:fs/promises'
import { deflateSync } from 'node:zlib'
import { after, before, test } from 'node:test'
import { Unavailable } from '#platform/outcome'
import { anna, expectProblem, expectResponse, guest, olga, ownTemporaryDirectory } from '#platform/testing'
import { newId } from '#platform/values'
import { AdminImage, maxOriginalBytes } from '../schema.ts'
import { drawImage, multipart, openMediaTest, type MediaTest } from '../testing.ts'

let media: MediaTest
let isAway = false
/** Other tests upload at the same time. */
let temporary: string
before(async () => {
  temporary = ownTemporaryDirectory()
  media = await openMediaTest()
})
after(async () => {
  await media.assertNoViolations()
  await media.close()
})

const uploads = async () => (await readdir(temporary)).filter((name) => name.startsWith('posad-upload-'))

test('staff upload an image: the original is stored, and the row, the event and the job come together (MED-1)', async () => {
  const product = media.newProduct()
  const bytes = await drawImage()
  const image = await media.upload(product, bytes)
  const { status, format, width, height, byte_size, variants } = image
  assert.deepEqual(
    { status, format, width, height, byte_size, variants },
    { status: 'pending', format: 'jpeg', width: 1600, height: 1200, byte_size: bytes.length, variants: [] },
  )
  const key = `private/originals/${image.id}.jpg`
  assert.equal(await media.storage.sizeOf(key), bytes.length)
  const events = await media.eventsOf(product)
  assert.deepEqual(
    events.map(({ name }) => name),
    ['image-uploaded'],
  )
  assert.equal(events[0]?.data['storage_key'], key)
  const { rows } = await media.pool.query('select payload from graphile_worker._private_jobs')
  assert.equal(rows.at(-1).payload.image_id, image.id)
  assert.deepEqual(await media.show(product), [image])
})

test('the same file of the same product is one image, also when it comes many times at once (MED-1)', async () => {
  const product = media.newProduct()
  const bytes = await drawImage({ width: 90 })
  const first = await media.upload(product, bytes)
  assert.equal((await media.upload(product, bytes)).id, first.id)
  const other = media.newProduct()
  const images = await Promise.all(Array.from({ length: 8 }, () => media.upload(other, bytes)))
  assert.equal(new Set(images.map(({ id }) => id)).size, 1)
  assert.notEqual(images[0]?.id, first.id, 'another product has an image of its own')
  assert.equal((await media.eventsOf(other)).length, 1)
})

test('the type is found by the content, not by the name (MED-5)', async () => {
  for (const format of ['jpeg', 'png', 'webp', 'gif', 'avif'] as const) {
    const bytes = await drawImage({ width: 40, height: 30, format })
    const response = await media.send(olga, media.newProduct(), multipart(bytes, { name: 'tea.php' }))
    assert.equal(expectResponse(response, 202, AdminImage).format, format)
  }
  const svg = Buffer.from(
    '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script>alert(1)</script></svg>',
  )
  const html = Buffer.from('<html><script>alert(1)</script>')
  const tiff = await drawImage({ width: 40, height: 30, format: 'tiff' })
  for (const bytes of [svg, html, tiff, Buffer.from('%PDF-1.7'), Buffer.alloc(5000)])
    expectProblem(await media.send(olga, media.newProduct(), multipart(bytes)), 415, 'unsupported-image')
})

/** A PNG of one color; its header says how large it is. */
function pngOf(width: number, height: number): Buffer {
  const chunk = (type: string, body: Buffer) => {
    const crc = Buffer.alloc(4)
    const length = Buffer.alloc(4)
    length.writeUInt32BE(body.length)
    crc.writeUInt32BE(crc32(Buffer.concat([Buffer.from(type), body])))
    return Buffer.concat([length, Buffer.from(type), body, crc])
  }
  const header = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0])
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  const pixels = deflateSync(Buffer.alloc((Math.ceil(width / 8) + 1) * 100))
  return Buffer.concat([
    Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]),
    chunk('IHDR', header),
    chunk('IDAT', pixels),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

const crc32 = (bytes: Buffer): number => {
  let crc = 0xffffffff
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1
  }
  return (crc ^ 0xffffffff) >>> 0
}

test('a bomb of pixels is refused by its header (MED-5, A11)', async () => {
  const started = performance.now()
  const response = await media.send(olga, media.newProduct(), multipart(pngOf(30_000, 30_000)))
  expectProblem(response, 400, 'too-many-pixels')
  assert.ok(performance.now() - started < 2000, 'its pixels were not unpacked')
  expectProblem(await media.send(olga, media.newProduct(), multipart(pngOf(40_001, 1000))), 400, 'too-many-pixels')
})

test('a file that is too large, absent, twice there or in another field is refused, and leaves nothing (MED-5, A11)', async () => {
  const product = media.newProduct()
  const bytes = await drawImage({ width: 50 })
  const send = (body: ReturnType<typeof multipart>) => media.send(olga, product, body)
  expectProblem(await send(multipart(Buffer.alloc(maxOriginalBytes + 1))), 413, 'body-too-large')
  expectProblem(await send(multipart(bytes, { field: 'image' })), 400, 'validation-failed')
  const { payload, headers } = multipart(bytes)
  expectProblem(await send({ payload: payload.subarray(0, -40), headers }), 400, 'malformed-multipart')
  const twice = Buffer.concat([payload.subarray(0, payload.length - '--posad-test-boundary--\r\n'.length), payload])
  expectProblem(await send({ payload: twice, headers }), 400, 'validation-failed')
  expectProblem(await send({ payload: Buffer.from('--posad-test-boundary--\r\n'), headers }), 400, 'validation-failed')
  expectProblem(await send({ payload: Buffer.alloc(0), headers }), 400, 'empty-body')
  expectProblem(await send({ payload, headers: { 'content-type': 'multipart/form-data' } }), 400, 'malformed-multipart')
  const json = { payload: Buffer.from('{"file":"tea"}'), headers: { 'content-type': 'application/json' } }
  expectProblem(await send(json), 415, 'unsupported-media-type')
  assert.deepEqual(await media.show(product), [])
  assert.deepEqual(await uploads(), [])
})

test('only staff upload, and only for a product that exists (MED-1)', async () => {
  const body = multipart(await drawImage({ width: 51 }))
  expectProblem(await media.send(guest, media.newProduct(), body), 401, 'unauthorized')
  expectProblem(await media.send(anna, media.newProduct(), body), 403, 'forbidden')
  expectProblem(await media.send(olga, newId(), body), 404, 'not-found')
})

test('a product has fifty images, also when more come at once (MED-1)', async () => {
  const product = media.newProduct()
  await media.pool.query("insert into media.galleries values ('product', $1, 1)", [product])
  await media.pool.query(
    `insert into media.images (id, owner_kind, owner_id, position, status, original_key, format, width, height, byte_size, sha256, created_at)
     select gen_random_uuid(), 'product', $1::uuid, n, 'pending', 'private/x/' || $1::text || n, 'jpeg', 9, 9, 9, sha256(n::text::bytea), now()
     from generate_series(1, 48) n`,
    [product],
  )
  const files = await Promise.all([61, 62, 63, 64].map(async (width) => multipart(await drawImage({ width }))))
  const statuses = (await Promise.all(files.map((file) => media.send(olga, product, file)))).map(({ status }) => status)
  assert.deepEqual(
    statuses.toSorted((a, b) => a - b),
    [202, 202, 409, 409],
  )
})

test('an upload while the storage is away is answered 503 and leaves no image (MED-4)', async () => {
  const put: MediaTest['storage']['put'] = async (...file) => {
    if (isAway) throw new Unavailable('the storage')
    await media.storage.put(...file)
  }
  const other = await openMediaTest({ storage: { put } })
  try {
    isAway = true
    const product = other.newProduct()
    const body = multipart(await drawImage({ width: 70 }))
    const response = await other.send(olga, product, body)
    expectProblem(response, 503, 'unavailable')
    assert.ok(response.headers['retry-after'])
    assert.deepEqual(await other.show(product), [])
    isAway = false
  } finally {
    await other.close()
  }
})
