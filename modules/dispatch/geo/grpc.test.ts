import assert from 'node:assert/strict'
import { afterEach, test } from 'node:test'
import { Unavailable } from '#platform/outcome'
import { eventually } from '#platform/testing'
import { systemClock } from '#platform/values'
import { grpcGeo } from './grpc.ts'
import { startGeoServer } from './geo-server.ts'

const ends: (() => void)[] = []
afterEach(() => ends.splice(0).forEach((end) => end()))

type Answer = Parameters<typeof startGeoServer>[1]

async function open(contract: 'street' | 'address', answer: Answer, deadline = 5000) {
  const requests: unknown[] = []
  const server = await startGeoServer(contract, (request) => {
    requests.push(request)
    return answer(request)
  })
  const geo = grpcGeo({ host: server.host, contract, now: systemClock, deadline })
  ends.push(geo.close, server.close)
  return { geo, requests }
}

const address = { country: 'RU', city: 'Коломна', street: 'Посадская', house: '12' }

test('the geo service gets the street with city and house, or the address in parts (DSP-5, DSP-8)', async () => {
  const byStreet = await open('street', () => ({ x: 3, y: 4 }))
  assert.deepEqual(await byStreet.geo.locate('Посадская'), { x: 3, y: 4 })
  assert.deepEqual(await byStreet.geo.locate(address), { x: 3, y: 4 })
  assert.deepEqual(byStreet.requests, [{ street: 'Посадская' }, { street: 'RU, Коломна, Посадская, 12' }])
  const byAddress = await open('address', () => ({ x: 10, y: 1 }))
  assert.deepEqual(await byAddress.geo.locate(address), { x: 10, y: 1 })
  assert.deepEqual(byAddress.requests, [{ address: { ...address, apartment: '' } }])
})

test('a service that is not ready is called again, one that says no is not (DSP-5)', async () => {
  let calls = 0
  const starting = await open('street', () => (++calls < 3 ? 'unavailable' : { x: 1, y: 1 }))
  assert.deepEqual(await starting.geo.locate('Посадская'), { x: 1, y: 1 })
  assert.equal(calls, 3)
  const without = await open('street', () => 'not-found')
  await assert.rejects(without.geo.locate('Посадская'), /no such street/)
  assert.equal(without.requests.length, 1)
})

test('a silent service ends at the deadline, and after five failures the circuit answers at once (DSP-5, DSP-8)', async () => {
  const silent = await open('street', () => 'silence', 200)
  for (let i = 0; i < 5; i++) await assert.rejects(silent.geo.locate('Посадская'), Unavailable)
  const started = performance.now()
  await assert.rejects(silent.geo.locate('Посадская'), Unavailable)
  assert.ok(performance.now() - started < 150)
  assert.equal(silent.requests.length, 15)
})

test('a cell outside the grid, and a reply without one, are errors (DSP-1, DSP-5)', async () => {
  await assert.rejects((await open('street', () => ({ x: 0, y: 3 }))).geo.locate('Посадская'), RangeError)
  await assert.rejects((await open('street', () => ({ x: 3, y: 11 }))).geo.locate('Посадская'), RangeError)
})

test('a geo service that comes back answers again, and none of its callers waits for a dead one (DSP-5)', async () => {
  const first = await startGeoServer('street', () => ({ x: 2, y: 2 }))
  const geo = grpcGeo({ host: first.host, contract: 'street', now: systemClock, deadline: 200 })
  ends.push(geo.close)
  assert.deepEqual(await geo.locate('Посадская'), { x: 2, y: 2 })
  first.close()
  for (let i = 0; i < 5; i++) await assert.rejects(geo.locate('Посадская'), Unavailable)
  const second = await startGeoServer('street', () => ({ x: 7, y: 7 }), first.port)
  ends.push(second.close)
  await eventually(async () => assert.deepEqual(await geo.locate('Посадская'), { x: 7, y: 7 }), { within: 20_000 })
})
