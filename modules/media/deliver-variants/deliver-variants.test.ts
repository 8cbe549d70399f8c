import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import sharp from 'sharp'
import { anna, expectProblem, expectResponse, guest, machine, olga } from '#platform/testing'
import { newId } from '#platform/values'
import { AdminImage, type DeliveredVariant, type PendingImage } from '../schema.ts'
import { drawImage, openMediaTest, type MediaTest } from '../testing.ts'

let media: MediaTest
before(async () => {
  media = await openMediaTest({ imageWorker: { worker: 'outside' } })
})
after(async () => {
  await media.assertNoViolations()
  await media.close()
})

const pending = async (): Promise<readonly PendingImage[]> => {
  const response = await media.api.send(machine, 'GET /internal/images?status=pending&page_size=100')
  return (expectResponse(response, 200) as { items: PendingImage[] }).items
}
const deliver = (id: string, body: readonly DeliveredVariant[]) =>
  media.api.send(machine, `POST /internal/images/${id}/variants`, { body })

async function newWork(width: number) {
  const product = media.newProduct()
  const { id } = await media.upload(product, await drawImage({ width, height: width }))
  const work = (await pending()).find((each) => each.id === id)
  assert.ok(work)
  return { product, work }
}

/** Does what a program outside does: it knows nothing but the answer of the API. */
async function makeOutside({ original_url, uploads }: PendingImage): Promise<DeliveredVariant[]> {
  const original = Buffer.from(await (await fetch(original_url)).arrayBuffer())
  return await Promise.all(
    uploads.map(async ({ variant, storage_key, method, url, headers, max_width, max_height, quality }) => {
      const { data, info } = await sharp(original)
        .resize(max_width, max_height, { fit: 'inside', withoutEnlargement: true })
        .webp({ quality })
        .toBuffer({ resolveWithObject: true })
      const request: RequestInit = { method, headers, body: new Uint8Array(data) }
      const response = await fetch(url, request)
      assert.equal(response.status, 200)
      return { variant, storage_key, format: 'webp', width: info.width, height: info.height, byte_size: data.length }
    }),
  )
}

test('a worker outside finds the work, puts the files by its links and delivers them (MED-3)', async () => {
  const { product, work } = await newWork(800)
  const variants = await makeOutside(work)
  const image = expectResponse(await deliver(work.id, variants), 200, AdminImage)
  assert.equal(image.status, 'processed')
  assert.deepEqual(
    image.variants.map(({ variant, width }) => [variant, width]),
    [
      ['thumb', 150],
      ['md', 600],
      ['lg', 800],
    ],
  )
  assert.equal((await fetch(`${media.address()}${image.variants[0]?.url}`)).status, 200)
  assert.deepEqual(
    (await media.eventsOf(product)).map(({ name }) => name),
    ['image-uploaded', 'image-processed', 'gallery-changed'],
  )
  assert.ok(!(await pending()).some(({ id }) => id === work.id))
})

test('a delivery is idempotent per image and variant, one by one, again and at once (MED-3)', async () => {
  const { product, work } = await newWork(700)
  const variants = await makeOutside(work)
  const [thumb, ...rest] = variants as [DeliveredVariant, ...DeliveredVariant[]]
  assert.equal(expectResponse(await deliver(work.id, [thumb]), 200, AdminImage).status, 'pending')
  assert.equal(expectResponse(await deliver(work.id, [thumb]), 200, AdminImage).variants.length, 1)
  const responses = await Promise.all([rest, variants, rest, variants].map((some) => deliver(work.id, some)))
  for (const response of responses) assert.equal(expectResponse(response, 200, AdminImage).status, 'processed')
  assert.equal((await media.eventsOf(product)).length, 3, 'the image was processed once')
  expectProblem(await deliver(work.id, [{ ...thumb, width: thumb.width - 1 }]), 409, 'variant-delivered')
})

test('a variant that does not fit its image or its file is refused (MED-3)', async () => {
  const { work } = await newWork(650)
  const [thumb] = (await makeOutside(work)) as [DeliveredVariant]
  const { work: other } = await newWork(660)
  const issueOf = async (variants: readonly DeliveredVariant[]) =>
    expectProblem(await deliver(work.id, variants), 400, 'wrong-variant')['issue']
  assert.match(String(await issueOf([{ ...thumb, byte_size: thumb.byte_size + 1 }])), /^its file has \d+ bytes$/)
  assert.equal(await issueOf([{ ...thumb, width: 151 }]), 'it must fit into 150 by 150 pixels')
  assert.match(
    String(await issueOf([{ ...thumb, storage_key: other.uploads[0]!.storage_key }])),
    /^its storage_key must be public/,
  )
  assert.match(
    String(await issueOf([{ ...thumb, storage_key: '../../etc/passwd' }])),
    /^its storage_key must be public/,
  )
  assert.equal(await issueOf([thumb, thumb]), 'the variant is listed twice')
  const md = other.uploads[1]!
  const absent = { ...thumb, variant: 'md', storage_key: md.storage_key } as const
  expectProblem(await deliver(other.id, [absent]), 400, 'wrong-variant')
  expectProblem(await deliver(newId(), [thumb]), 404, 'not-found')
  expectProblem(await deliver(work.id, []), 400, 'validation-failed')
})

test('a worker outside reports a failure once, and a new attempt has new keys (MED-3, MED-5)', async () => {
  const { product, work } = await newWork(610)
  const report = (generation: number, reason = 'no-colors') =>
    media.api.send(machine, `POST /internal/images/${work.id}/failure`, { body: { generation, reason } })
  for (let time = 0; time < 2; time++) {
    const { status, reason } = expectResponse(await report(1), 200, AdminImage)
    assert.deepEqual([status, reason], ['failed', 'no-colors'])
  }
  expectProblem(await report(1, 'another'), 409, 'not-pending')
  expectResponse(await media.api.send(olga, `POST /admin/images/${work.id}/retry`), 202, AdminImage)
  expectProblem(await report(1), 409, 'not-pending')
  const again = (await pending()).find(({ id }) => id === work.id)
  assert.equal(again?.generation, 2)
  assert.notEqual(again?.uploads[0]?.storage_key, work.uploads[0]?.storage_key)
  expectProblem(await deliver(work.id, await makeOutside(work)), 400, 'wrong-variant')
  expectResponse(await deliver(work.id, await makeOutside(again)), 200, AdminImage)
  const names = (await media.eventsOf(product)).map(({ name }) => name)
  assert.deepEqual(names, ['image-uploaded', 'image-failed', 'image-uploaded', 'image-processed', 'gallery-changed'])
})

test('only programs use the internal API (MED-3)', async () => {
  for (const caller of [guest, anna, olga]) {
    const { status } = await media.api.send(caller, 'GET /internal/images')
    assert.ok([401, 403].includes(status))
  }
})
