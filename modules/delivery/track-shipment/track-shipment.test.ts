import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { FastifyInstance } from 'fastify'
import { bearer, olga, testDatabase, testServer, type TestDatabase } from '#platform/testing'
import { ordersOn } from '../testing.ts'
import { trackShipment } from './query.ts'
import { trackShipmentRoutes } from './route.ts'

let database: TestDatabase
let http: FastifyInstance
let staff: FastifyInstance
let address: string
let orders: ReturnType<typeof ordersOn>
before(async () => {
  database = await testDatabase()
  orders = ordersOn(database.db)
  const most = 2
  staff = await testServer([orders.module])
  http = await testServer([{ ...orders.module, routes: [trackShipmentRoutes(trackShipment(database.db), most)] }])
  address = await http.listen({ port: 0, host: '127.0.0.1' })
})
after(async () => {
  await http.close()
  await staff.close()
  await database.close()
})

async function owed(method: 'courier' | 'pickup' = 'courier') {
  const order_id = await orders.owe({ method })
  await orders.subscribe()
  const { id, track_token } = (await orders.kept(order_id)) ?? { id: '', track_token: '' }
  return { id, url: `/api/v1/delivery/track/${track_token}`, track_token }
}

const post = (path: string, payload: object = {}) =>
  staff.inject({ method: 'POST', url: `/api/v1${path}`, headers: { authorization: bearer(olga) }, payload })

/** Reads a stream until its end, or until `enough` says so. */
async function read(
  url: string,
  { headers = {}, enough }: { headers?: Record<string, string>; enough?: (text: string) => boolean } = {},
) {
  const hangUp = new AbortController()
  const answer = await fetch(`${address}${url}/events`, { headers, signal: hangUp.signal })
  let text = ''
  for await (const chunk of answer.body ?? []) {
    text += Buffer.from(chunk).toString()
    if (enough?.(text)) break
  }
  hangUp.abort()
  return { status: answer.status, text }
}
const steps = (text: string) => [...text.matchAll(/^data: (.+)$/gm)].map(([, data]) => JSON.parse(data ?? '{}').status)

test('whoever has the link sees how far the parcel is, and nothing of whom it is for (DLV-5)', async () => {
  const { url, track_token } = await owed('pickup')
  assert.match(track_token, /^[\w-]{43}$/)
  const shown = (await http.inject({ url })).json()
  assert.deepEqual(Object.keys(shown).toSorted(), ['method', 'status', 'timeline'])
  assert.deepEqual([shown.status, shown.timeline.length], ['ready_for_pickup', 1])
})

test('a link that was never given leads nowhere (DLV-5)', async () => {
  const wrong = await http.inject({ url: `/api/v1/delivery/track/${'x'.repeat(43)}` })
  assert.equal(wrong.statusCode, 404)
  assert.equal((await http.inject({ url: `/api/v1/delivery/track/${'x'.repeat(43)}/events` })).statusCode, 404)
})

test('who watches sees every step as it happens, until the parcel is there (DLV-5)', async () => {
  const { id, url } = await owed()
  const watched = read(url)
  await post(`/admin/shipments/${id}/status`, { status: 'out_for_delivery' })
  await post(`/delivery/${id}/deliver`)
  const { status, text } = await watched
  assert.equal(status, 200)
  assert.deepEqual(steps(text), ['pending', 'out_for_delivery', 'delivered'])
  assert.ok(!text.includes('Анна'))
})

test('who comes back goes on where the line broke, and is sent away for good at the end (DLV-5)', async () => {
  const { id, url } = await owed()
  await post(`/admin/shipments/${id}/status`, { status: 'out_for_delivery' })
  await post(`/delivery/${id}/deliver`)
  const { text } = await read(url, { headers: { 'last-event-id': '1' } })
  assert.deepEqual(steps(text), ['out_for_delivery', 'delivered'])
  assert.equal((await read(url, { headers: { 'last-event-id': '3' } })).status, 204)
})

test('watchers are bounded: one too many is asked to come again, and a place is free once somebody leaves (DLV-5)', async () => {
  const [one, other] = [await owed(), await owed()]
  const watched = [read(one.url), read(one.url)]
  await new Promise((resolve) => setTimeout(resolve, 200))
  const refused = await fetch(`${address}${other.url}/events`)
  assert.deepEqual([refused.status, refused.headers.get('retry-after')], [503, '10'])
  await refused.body?.cancel()
  await post(`/delivery/${one.id}/deliver`)
  await Promise.all(watched)
  const { status } = await read(other.url, { enough: (text) => steps(text).length > 0 })
  assert.equal(status, 200)
})
