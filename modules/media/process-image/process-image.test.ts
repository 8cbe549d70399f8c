import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import sharp from 'sharp'
import { Unavailable } from '#platform/outcome'
import { crowd, eventually, expectProblem, expectResponse, olga } from '#platform/testing'
import { AdminImage } from '../schema.ts'
import { drawImage, openMediaTest, type MediaTest } from '../testing.ts'

let media: MediaTest
let worker: Awaited<ReturnType<MediaTest['work']>>
before(async () => {
  media = await openMediaTest()
  worker = await media.work()
})
after(async () => {
  await worker.stop()
  await media.assertNoViolations()
  await media.close()
})

const settled = async (product: string, test = media): Promise<AdminImage> =>
  await eventually(async () => {
    const [image] = await test.show(product)
    assert.notEqual(image?.status, 'pending')
    return image!
  })

test('a worker makes three webp variants that fit their squares, without the metadata of the original (MED-2)', async () => {
  const product = media.newProduct()
  await media.upload(product)
  const { status, variants } = await settled(product)
  assert.equal(status, 'processed')
  assert.deepEqual(
    variants.map(({ variant, format, width, height }) => [variant, format, width, height]),
    [
      ['thumb', 'webp', 150, 113],
      ['md', 'webp', 600, 450],
      ['lg', 'webp', 1200, 900],
    ],
  )
  for (const { url, byte_size, width } of variants) {
    const response = await fetch(`${media.address()}${url}`)
    const bytes = Buffer.from(await response.arrayBuffer())
    assert.deepEqual([response.headers.get('content-type'), bytes.length], ['image/webp', byte_size])
    const found = await sharp(bytes).metadata()
    assert.deepEqual([found.format, found.width, found.exif, found.icc], ['webp', width, undefined, undefined])
  }
  const events = await media.eventsOf(product)
  assert.deepEqual(
    events.map(({ name }) => name),
    ['image-uploaded', 'image-processed', 'gallery-changed'],
  )
})

test('the quality of each variant is that of the specification (MED-2)', async () => {
  const noise = { type: 'gaussian', mean: 128, sigma: 60 } as const
  const original = await sharp({ create: { width: 1400, height: 1400, channels: 3, background: '#fff', noise } })
    .png()
    .toBuffer()
  const product = media.newProduct()
  await media.upload(product, original)
  const { variants } = await settled(product)
  for (const [variant, size, quality] of [
    ['thumb', 150, 80],
    ['md', 600, 85],
    ['lg', 1200, 90],
  ] as const) {
    const expected = await sharp(original).resize(size, size, { fit: 'inside' }).webp({ quality }).toBuffer()
    assert.equal(variants.find((each) => each.variant === variant)?.byte_size, expected.length, variant)
  }
})

test('a small image is not enlarged, a turned one stands upright, and an animation shows its first frame (MED-2, MED-5)', async () => {
  const small = media.newProduct()
  await media.upload(small, await drawImage({ width: 200, height: 100, format: 'png' }))
  assert.deepEqual(
    (await settled(small)).variants.map(({ width, height }) => [width, height]),
    [
      [150, 75],
      [200, 100],
      [200, 100],
    ],
  )
  const turned = media.newProduct()
  await media.upload(
    turned,
    await sharp(await drawImage({ width: 400, height: 200 }))
      .withMetadata({ orientation: 6 })
      .toBuffer(),
  )
  assert.deepEqual((await settled(turned)).variants.map(({ width, height }) => [width, height])[0], [75, 150])
  const frames = await Promise.all(
    ['#f00', '#0f0'].map((background) =>
      sharp({ create: { width: 60, height: 60, channels: 3, background } })
        .png()
        .toBuffer(),
    ),
  )
  const animated = media.newProduct()
  await media.upload(
    animated,
    await sharp(frames, { join: { animated: true } })
      .gif()
      .toBuffer(),
  )
  const { variants } = await settled(animated)
  const thumb = await fetch(`${media.address()}${variants[0]?.url}`)
  const { pages, height } = await sharp(Buffer.from(await thumb.arrayBuffer()), { animated: true }).metadata()
  assert.deepEqual([pages ?? 1, height], [1, 60])
})

test('a damaged image is failed with its reason, and staff can try it again (MED-5)', async () => {
  const product = media.newProduct()
  const whole = await drawImage({ width: 900 })
  const { id } = await media.upload(product, whole.subarray(0, whole.length - 400))
  const failed = await settled(product)
  assert.deepEqual([failed.status, failed.reason, failed.variants], ['failed', 'damaged-image', []])
  assert.equal((await media.eventsOf(product)).at(-1)?.name, 'image-failed')

  const retried = await Promise.all([1, 2, 3].map(() => media.api.send(olga, `POST /admin/images/${id}/retry`)))
  for (const response of retried) expectResponse(response, 202, AdminImage)
  assert.equal((await settled(product)).status, 'failed')
  const uploaded = (await media.eventsOf(product)).filter(({ name }) => name === 'image-uploaded')
  assert.equal(uploaded.at(-1)?.data['generation'], uploaded.length)
})

test('a processed image is not tried again (MED-5)', async () => {
  const product = media.newProduct()
  const { id } = await media.upload(product, await drawImage({ width: 120 }))
  await settled(product)
  expectProblem(await media.api.send(olga, `POST /admin/images/${id}/retry`), 409, 'not-failed')
})

test('a storage that is away delays the worker and fails no image (MED-4)', async () => {
  let isAway = true
  const calls: string[] = []
  const other: MediaTest = await openMediaTest({
    storage: {
      get: async (key, range) => {
        calls.push(key)
        if (isAway) throw new Unavailable('the storage')
        return await media.storage.get(key, range)
      },
    },
  })
  try {
    const product = other.newProduct()
    const { id } = await other.upload(product, await drawImage({ width: 130 }))
    await media.storage.put(`private/originals/${id}.jpg`, {
      body: await drawImage({ width: 130 }),
      byte_size: (await drawImage({ width: 130 })).length,
    })
    const run = () => other.processImage(id)
    for (let attempt = 0; attempt < 5; attempt++) await assert.rejects(run(), Unavailable)
    assert.equal((await other.show(product))[0]?.status, 'pending')
    isAway = false
    await run()
    assert.equal((await other.show(product))[0]?.status, 'processed')
    await run()
    assert.equal((await other.eventsOf(product)).length, 3, 'a second run changes nothing')
  } finally {
    await other.close()
  }
})

test('an image in which the process died three times is given up (MED-5)', async () => {
  const other = await openMediaTest()
  try {
    const product = other.newProduct()
    const { id } = await other.upload(product, await drawImage({ width: 140 }))
    const run = () => other.processImage(id)
    await other.pool.query('update media.images set unfinished_attempts = 3 where id = $1', [id])
    await run()
    const [image] = await other.show(product)
    assert.deepEqual([image?.status, image?.reason], ['failed', 'worker-died'])
  } finally {
    await other.close()
  }
})

test('two workers with one image publish its variants once (MED-2)', async () => {
  const other = await openMediaTest()
  try {
    const product = other.newProduct()
    const { id } = await other.upload(product, await drawImage({ width: 150 }))
    await crowd(3, () => other.processImage(id))
    assert.deepEqual(
      (await other.eventsOf(product)).map(({ name }) => name),
      ['image-uploaded', 'image-processed', 'gallery-changed'],
    )
    const shown = await other.api.send(olga, `POST /admin/images/${id}/retry`)
    expectProblem(shown, 409, 'not-failed')
  } finally {
    await other.close()
  }
})
