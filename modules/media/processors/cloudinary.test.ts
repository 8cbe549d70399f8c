import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Unavailable } from '#platform/outcome'
import { systemClock } from '#platform/values'
import { variantSpecs } from '../image.ts'
import { drawImage } from '../testing.ts'
import { cloudinaryProcessor } from './cloudinary.ts'
import { openFakeCloudinary } from './fake-cloudinary.ts'
import { sharpProcessor } from './sharp.ts'

let fake: Awaited<ReturnType<typeof openFakeCloudinary>>
before(async () => {
  fake = await openFakeCloudinary({ key: 'tea', secret: 'oolong' })
})
after(() => fake.close())

const { signal } = new AbortController()
const processor = (secret = 'oolong') =>
  cloudinaryProcessor({ account: { key: 'tea', secret, cloud: 'posad', apiUrl: fake.address }, now: systemClock })

test('Cloudinary makes the same variants, and its copy is deleted (MED-3)', async () => {
  const original = await drawImage({ width: 1000, height: 500 })
  const outcome = await processor()({ original, specs: variantSpecs, signal })
  const own = await sharpProcessor({ original, specs: variantSpecs, signal })
  assert.ok(outcome.kind === 'processed' && own.kind === 'processed')
  const sizes = (made: typeof outcome) => made.variants.map(({ variant, width, height }) => [variant, width, height])
  assert.deepEqual(sizes(outcome), sizes(own))
  assert.equal(fake.deleted.length, 1)
  assert.equal(fake.copies.size, 0)
})

test('Cloudinary refuses a file that is no image (MED-3, MED-5)', async () => {
  const outcome = await processor()({ original: Buffer.from('tea'), specs: variantSpecs, signal })
  assert.deepEqual(outcome, { kind: 'refused', reason: 'damaged-image' })
})

test('a wrong key, a full quota and an outage of Cloudinary fail no image (MED-3)', async () => {
  const original = await drawImage({ width: 100, height: 50 })
  await assert.rejects(processor('wrong')({ original, specs: variantSpecs, signal }), Unavailable)
  for (const status of [420, 429, 500, 503]) {
    fake.answerWith(status)
    await assert.rejects(processor()({ original, specs: variantSpecs, signal }), Unavailable)
  }
  fake.answerWith(200)
  assert.equal(fake.copies.size, 0)
})
