import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import sharp from 'sharp'
import type { Caller } from '#platform/access'
import { anna, bearer, boris, crowd, expectProblem, expectResponse, olga, responseOf, runJob } from '#platform/testing'
import { PhotoList, PhotoView } from '../schema.ts'
import { north, openFleetTest, type FleetTest } from '../testing.ts'

let shop: FleetTest
before(async () => {
  shop = await openFleetTest({ proof: 'pin-or-photo' })
})
after(() => shop.close())
beforeEach(() => shop.clear())

const draw = (width: number, format: 'jpeg' | 'gif' = 'jpeg') =>
  sharp({ create: { width, height: 10, channels: 3, background: '#7a9b5c' } })
    .toFormat(format)
    .toBuffer()

async function upload(as: Caller, id: string, bytes: Buffer, { query = '', api = shop.api } = {}) {
  const boundary = 'posad-test-boundary'
  const head = `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="proof.jpg"\r\nContent-Type: image/jpeg\r\n\r\n`
  const payload = Buffer.concat([Buffer.from(head), bytes, Buffer.from(`\r\n--${boundary}--\r\n`)])
  const url = `/api/v1/dispatch/me/parcels/${id}/photos${query}`
  const headers = {
    'accept-language': 'en',
    'content-type': `multipart/form-data; boundary=${boundary}`,
    ...(as.kind !== 'guest' && { authorization: bearer(as) }),
  }
  return responseOf(`POST ${url}`, await api.http.inject({ method: 'POST', url, headers, payload }))
}

test('a photograph proves a delivery, and only its customer and staff see it for a while (DSP-10, MED-6)', async () => {
  const pyotr = await shop.onDuty('Пётр')
  const { shipment_id, order_id } = await shop.carriedBy(pyotr, { at: north(1) })
  expectProblem(
    await shop.api.send(pyotr, `POST /dispatch/me/parcels/${shipment_id}/deliver`, { body: {} }),
    409,
    'pin-missing',
  )
  const bytes = await draw(20)
  expectResponse(await upload(pyotr, shipment_id, bytes), 201, PhotoView)
  await shop.press(pyotr, shipment_id, 'deliver', {})

  const ofOrder = `GET /dispatch/parcels/order/${order_id}/photos` as const
  const [photo] = expectResponse(await shop.api.send(anna, ofOrder), 200, PhotoList).items
  expectProblem(await shop.api.send(boris, ofOrder), 404, 'not-found')
  const staff = await shop.api.send(olga, `GET /dispatch/parcels/${shipment_id}/photos`)
  assert.equal(expectResponse(staff, 200, PhotoList).items.length, 1)

  const get = (url: string) => shop.api.http.inject({ method: 'GET', url })
  assert.deepEqual((await get(photo!.url)).rawPayload, bytes)
  assert.equal((await get(photo!.url.split('?')[0]!)).statusCode, 404, 'the file is private')
  shop.advance(16 * 60_000)
  assert.equal((await get(photo!.url)).statusCode, 404, 'the link has expired')
})

test('the signature of the customer proves a delivery where the shop takes one, and a photograph does not (DSP-10)', async () => {
  const strict = await openFleetTest({ proof: 'pin-or-signature' })
  const { api } = strict
  const pyotr = await strict.onDuty('Пётр')
  const { shipment_id, order_id } = await strict.carriedBy(pyotr, { at: north(1) })
  const deliver = () => api.send(pyotr, `POST /dispatch/me/parcels/${shipment_id}/deliver`, { body: {} })
  expectResponse(await upload(pyotr, shipment_id, await draw(20), { api }), 201, PhotoView)
  expectProblem(await deliver(), 409, 'pin-missing')
  expectProblem(
    await upload(pyotr, shipment_id, await draw(21), { api, query: '?kind=stamp' }),
    400,
    'validation-failed',
  )
  const signed = await upload(pyotr, shipment_id, await draw(21), { api, query: '?kind=signature' })
  assert.equal(expectResponse(signed, 201, PhotoView).kind, 'signature')
  expectResponse(await deliver(), 200)
  const ofOrder = await api.send(anna, `GET /dispatch/parcels/order/${order_id}/photos`)
  assert.deepEqual(
    expectResponse(ofOrder, 200, PhotoList).items.map(({ kind }) => kind),
    ['photo', 'signature'],
  )
  await strict.close()
})

test('the same photograph that is sent ten times is stored once (DSP-12)', async () => {
  const pyotr = await shop.onDuty('Пётр')
  const { shipment_id } = await shop.carriedBy(pyotr, { at: north(1) })
  const bytes = await draw(20)
  const answers = await crowd(
    10,
    async () => expectResponse(await upload(pyotr, shipment_id, bytes), 201, PhotoView).id,
  )
  assert.equal(new Set(answers.map((each) => each.status === 'fulfilled' && each.value)).size, 1)
})

test('only the courier who has the parcel adds photographs, at most ten, and no other files (DSP-10)', async () => {
  const pyotr = await shop.onDuty('Пётр')
  const { shipment_id } = await shop.carriedBy(pyotr, { at: north(1) })
  const ivan = await shop.onDuty('Иван')
  expectProblem(await upload(ivan, shipment_id, await draw(20)), 404, 'not-found')
  expectProblem(await upload(pyotr, shipment_id, await draw(20, 'gif')), 415, 'unsupported-image')
  for (let width = 1; width <= 10; width++) expectResponse(await upload(pyotr, shipment_id, await draw(width)), 201)
  expectProblem(await upload(pyotr, shipment_id, await draw(11)), 409, 'too-many-photos')
})

test('photographs are deleted with their files after their retention (DSP-10)', async () => {
  const pyotr = await shop.onDuty('Пётр')
  const { shipment_id } = await shop.carriedBy(pyotr, { at: north(1) })
  const { url } = expectResponse(await upload(pyotr, shipment_id, await draw(20)), 201, PhotoView)
  shop.advance(91 * 86_400_000)
  await runJob(shop.module, 'dispatch.delete-photos')
  const staff = await shop.api.send(olga, `GET /dispatch/parcels/${shipment_id}/photos`)
  assert.deepEqual(expectResponse(staff, 200, PhotoList).items, [])
  const key = url.split('?')[0]!.replace('/media/', '')
  assert.equal(await shop.storage.sizeOf(key), undefined)
})
