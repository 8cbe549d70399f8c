import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { eventually, expectProblem, expectResponse, guest, olga, openTestApi, type TestApi } from '#platform/testing'
import { TrackingView } from '../schema.ts'
import { openDeliveryTest, type DeliveryTest } from '../testing.ts'

let shop: DeliveryTest
let api: TestApi
let address: string
before(async () => {
  shop = await openDeliveryTest()
  api = await openTestApi([shop.module], { settings: { streams: { perUser: 5, perAddress: 2, total: 10 } } })
  address = await api.http.listen({ port: 0, host: '127.0.0.1' })
})
after(async () => {
  await api.close()
  await shop.close()
})

async function createdShipment(method: 'courier' | 'pickup' = 'courier') {
  const { id, tracking_token } = await shop.createdShipment(method)
  return { id, tracking_token, path: `/delivery/track/${tracking_token}` as const }
}

const setStatus = async (id: string, status: string) =>
  expectResponse(await shop.api.send(olga, `POST /admin/shipments/${id}/status`, { body: { status } }), 200)
const deliver = async (id: string) => expectResponse(await shop.api.send(olga, `POST /delivery/${id}/deliver`), 200)

const open = (
  path: string,
  { headers = {}, signal }: { headers?: Record<string, string>; signal?: AbortSignal } = {},
) => fetch(`${address}/api/v1${path}/events`, { headers, ...(signal && { signal }) })
/** Reads a stream to its end. */
const textOf = async (response: Response) => ({ status: response.status, text: await response.text() })
const statusesOf = (text: string) =>
  [...text.matchAll(/^data: (.+)$/gm)].map(([, data]) => (JSON.parse(data ?? '{}') as { status: string }).status)

test('everybody with the link sees how far the parcel is, and not whose it is (DLV-5)', async () => {
  const { path, tracking_token } = await createdShipment('pickup')
  assert.match(tracking_token, /^[\w-]{43}$/)
  const shown = expectResponse(await api.send(guest, `GET ${path}`), 200, TrackingView)
  assert.deepEqual(Object.keys(shown).toSorted(), ['method', 'status', 'timeline'])
  assert.deepEqual([shown.status, shown.timeline.length], ['ready_for_pickup', 1])
})

test('a guessed link is not found (DLV-5)', async () => {
  const path = `/delivery/track/${'x'.repeat(43)}` as const
  expectProblem(await api.send(guest, `GET ${path}`), 404, 'not-found')
  expectProblem(await api.send(guest, `GET ${path}/events`), 404, 'not-found')
})

test('a watcher sees every status as it is set, until the parcel is delivered (DLV-5)', async () => {
  const { id, path } = await createdShipment()
  const watched = open(path).then(textOf)
  await setStatus(id, 'out_for_delivery')
  await deliver(id)
  const { status, text } = await watched
  assert.equal(status, 200)
  assert.deepEqual(statusesOf(text), ['pending', 'out_for_delivery', 'delivered'])
  assert.ok(!text.includes('Анна'))
})

test('a watcher who reconnects continues after the last event, and gets 204 after the end (DLV-5)', async () => {
  const { id, path } = await createdShipment()
  await setStatus(id, 'out_for_delivery')
  await deliver(id)
  const { text } = await textOf(await open(path, { headers: { 'last-event-id': '1' } }))
  assert.deepEqual(statusesOf(text), ['out_for_delivery', 'delivered'])
  assert.equal((await open(path, { headers: { 'last-event-id': '3' } })).status, 204)
})

test('one address watches a few parcels at a time, and may watch another when a stream ends (F-33, DLV-5)', async () => {
  const [one, other] = [await createdShipment(), await createdShipment()]
  const watchers = [await open(one.path), await open(one.path)]
  const refused = await open(other.path)
  assert.deepEqual([refused.status, refused.headers.get('retry-after')], [429, '10'])
  assert.match(await refused.text(), /"code":"too-many-streams"/)
  await deliver(one.id)
  await Promise.all(watchers.map(textOf))
  const disconnect = new AbortController()
  await eventually(async () => {
    const response = await open(other.path, { signal: disconnect.signal })
    if (response.status !== 200) await response.text()
    assert.equal(response.status, 200)
  })
  disconnect.abort()
})

test('a Last-Event-ID that is not the number of an event is refused (F-35, rule 6)', async () => {
  const { path } = await createdShipment()
  const wrong = ['1.5', '1e30', 'Infinity', '9223372036854775808', '9007199254740992', '-1', '', '0x1', 'one', '1, 2']
  for (const id of wrong) {
    const response = await open(path, { headers: { 'last-event-id': id } })
    assert.equal(response.status, 400, id)
    assert.match(await response.text(), /"code":"validation-failed"/)
  }
})
