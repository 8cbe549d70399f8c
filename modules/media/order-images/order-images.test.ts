import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Type } from 'typebox'
import { anna, expectProblem, expectResponse, olga, runJob } from '#platform/testing'
import { hours, newId, systemClock } from '#platform/values'
import { AdminImageList } from '../schema.ts'
import { drawImage, openMediaTest, type MediaTest } from '../testing.ts'

let media: MediaTest
let product: string
let ids: string[]
let offset = 0
const now = () => new Date(systemClock().getTime() + offset)
const deleteFiles = (over: MediaTest = media) => runJob(over.module, 'media.delete-files')

before(async () => {
  media = await openMediaTest({ now })
  product = media.newProduct()
  for (const width of [201, 202, 203]) {
    const { id } = await media.upload(product, await drawImage({ width }))
    await media.processImage(id)
  }
  ids = (await media.show(product)).map(({ id }) => id)
})
after(async () => {
  await media.assertNoViolations()
  await media.close()
})

const order = (image_ids: readonly string[], caller = olga) =>
  media.api.send(caller, `PUT /admin/products/${product}/images/order`, { body: { image_ids } })
const published = async () => {
  const events = (await media.eventsOf(product)).filter(({ name }) => name === 'gallery-changed')
  const last = events.at(-1)?.data as { revision: number; images: { id: string }[] }
  return { count: events.length, revision: last.revision, ids: last.images.map(({ id }) => id) }
}

test('staff order the images of a product, and the event has all of them (MED-1)', async () => {
  const reversed = ids.toReversed()
  const { items } = expectResponse(await order(reversed), 200, AdminImageList)
  assert.deepEqual(
    items.map(({ id }) => id),
    reversed,
  )
  const before = await published()
  assert.deepEqual(before.ids, reversed)
  expectResponse(await order(reversed), 200)
  assert.deepEqual(await published(), before, 'the same order again publishes nothing')
  expectProblem(await order(ids.slice(1)), 409, 'images-changed')
  expectProblem(await order([...ids.slice(1), newId()]), 409, 'images-changed')
  expectProblem(await order(ids, anna), 403, 'forbidden')
})

test('orders that come at once leave one of them, and the last event has it (MED-1)', async () => {
  const orders = [ids, ids.toReversed(), [ids[1]!, ids[0]!, ids[2]!], [ids[2]!, ids[0]!, ids[1]!]]
  for (const response of await Promise.all(orders.map((each) => order(each)))) expectResponse(response, 200)
  const shown = (await media.show(product)).map(({ id }) => id)
  assert.ok(orders.some((each) => each.join() === shown.join()))
  assert.deepEqual((await published()).ids, shown)
})

test('a deleted image leaves the list at once, and its files two hours later (MED-1)', async () => {
  const [first] = await media.show(product)
  assert.ok(first)
  const keys = [`private/originals/${first.id}.jpg`, ...first.variants.map(({ storage_key }) => storage_key)]
  const sizes = () => Promise.all(keys.map((key) => media.storage.sizeOf(key)))
  const remove = () => media.api.send(olga, `DELETE /admin/images/${first.id}`)
  const statuses = (await Promise.all([remove(), remove(), remove()])).map(({ status }) => status)
  assert.deepEqual(
    statuses.toSorted((a, b) => a - b),
    [204, 404, 404],
  )
  assert.ok(!(await published()).ids.includes(first.id))

  await deleteFiles()
  assert.ok(
    (await sizes()).every((size) => size !== undefined),
    'pages in caches still show the files',
  )
  offset += hours(3)
  await deleteFiles()
  assert.deepEqual(await sizes(), [undefined, undefined, undefined, undefined])
  const { rows } = await media.pool.query('select * from media.unreferenced_files')
  assert.deepEqual(rows, [])
})

test('the original of an upload that died is deleted later (MED-1)', async () => {
  const key = `private/originals/${newId()}.jpg`
  await media.storage.put(key, { body: Buffer.alloc(9), byte_size: 9 })
  await media.pool.query('insert into media.unreferenced_files values ($1, $2)', [
    key,
    new Date(now().getTime() + hours(1)),
  ])
  await deleteFiles()
  assert.equal(await media.storage.sizeOf(key), 9)
  offset += hours(2)
  await deleteFiles()
  assert.equal(await media.storage.sizeOf(key), undefined)
})

test('an image that is deleted while its worker runs leaves no files (MED-1)', async () => {
  const held = Promise.withResolvers<void>()
  const started = Promise.withResolvers<void>()
  const other = await openMediaTest({
    now,
    processor: async ({ specs }) => {
      started.resolve()
      await held.promise
      return {
        kind: 'processed',
        variants: specs.map(({ variant }) => ({ variant, width: 9, height: 9, body: Buffer.alloc(9) })),
      }
    },
  })
  try {
    const owner = other.newProduct()
    const { id } = await other.upload(owner, await drawImage({ width: 99 }))
    const running = other.processImage(id)
    await started.promise
    assert.equal((await other.api.send(olga, `DELETE /admin/images/${id}`)).status, 204)
    held.resolve()
    await running
    const key = `public/images/${id}/1/thumb.webp`
    assert.equal(await other.storage.sizeOf(key), 9)
    offset += hours(3)
    await deleteFiles(other)
    assert.equal(await other.storage.sizeOf(key), undefined)
  } finally {
    await other.close()
  }
})

test('the list of images is empty for a product without any (MED-1)', async () => {
  const response = await media.api.send(olga, `GET /admin/products/${media.newProduct()}/images`)
  assert.deepEqual(expectResponse(response, 200, Type.Object({ items: Type.Array(Type.Unknown()) })).items, [])
})
