import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { Unavailable } from '#platform/outcome'
import type { Point } from '../fleet/point.ts'
import { haversine, timesBy, timesByRoad } from '../fleet/travel-times.ts'
import { roadDistances } from './road-distances.ts'
import { startRoadServer } from './road-server.ts'

/** Three metres per ten-thousandth of a degree, and one way only to the north. */
const roads = await startRoadServer((from, to) => (to.lat < from.lat ? null : 30_000 * (to.lat - from.lat) + 500))
after(() => roads.close())

const at = (index: number): Point => ({ lat: 55 + index / 1000, lng: 38 })
const between = async (given: ReturnType<typeof roadDistances>, from: Point, to: Point) =>
  (await given([from], [to]))(from, to)

test('ways are measured on roads, from each source to each destination (DSP-10)', async () => {
  const distances = roadDistances({ url: roads.url })
  const measure = await distances([at(0), at(1)], [at(2), at(3)])
  assert.equal(measure(at(0), at(2))?.toFixed(3), '0.560')
  assert.equal(measure(at(1), at(3))?.toFixed(3), '0.560')
  assert.equal(await between(distances, at(9), at(8)), null)
})

test('a way is requested once, and of many places no table is larger than OSRM answers (DSP-10)', async () => {
  const { state } = roads
  const distances = roadDistances({ url: roads.url })
  const places = Array.from({ length: 120 }, (_, index) => at(index))
  const [requests, pairs] = [state.requests, state.pairs]
  await distances(places, places)
  assert.deepEqual([state.requests - requests, state.pairs - pairs], [9, 14_400])
  await distances(places, places.slice(0, 60))
  assert.equal(state.requests - requests, 9)
  // A courier has moved: only the ways from the new place are new.
  await distances([...places, { lat: 55.5, lng: 38 }], places)
  assert.deepEqual([state.requests - requests, state.pairs - pairs], [12, 14_520])
})

test('stored ways are requested again after an hour (DSP-10)', async () => {
  let time = 0
  const distances = roadDistances({ url: roads.url, now: () => time })
  await between(distances, at(0), at(1))
  const { requests } = roads.state
  time = 3_599_000
  await between(distances, at(0), at(1))
  assert.equal(roads.state.requests, requests)
  time = 3_601_000
  await between(distances, at(0), at(1))
  assert.equal(roads.state.requests, requests + 1)
})

test('without a road the straight line measures, and so it does for every way while the service is silent (DSP-10)', async () => {
  const server = await startRoadServer((from, to) => (to.lat < from.lat ? null : 10_000))
  const travelTimes = timesByRoad(roadDistances({ url: server.url, timeLimit: 150 }), haversine)
  const straight = timesBy(haversine)
  const places = [at(0), at(5), null]
  const expected = await straight(places)
  const onRoads = await travelTimes(places)
  assert.deepEqual([onRoads.seconds[1], onRoads.seconds[3]], [2400, expected.seconds[3]])
  assert.equal(onRoads.seconds[2], 720, 'an address without coordinates is twelve minutes away')

  const others = [at(10), at(15), null]
  for (const broken of ['silence', 'too-big', 'no-json'] as const) {
    server.state.answer = broken
    assert.deepEqual(await travelTimes(others), await straight(others), broken)
  }
  server.state.answer = () => 10_000
  assert.equal((await travelTimes(others)).seconds[1], 2400, 'the service answers again')
  server.close()
})

test('after five failures the plans stop waiting for the service (DSP-10)', async () => {
  const server = await startRoadServer('silence')
  const distances = roadDistances({ url: server.url, timeLimit: 50 })
  for (let call = 0; call < 7; call++) await assert.rejects(between(distances, at(0), at(1)), Unavailable)
  assert.equal(server.state.requests, 5)
  server.close()
})

test('no way to the place of a courier is requested (DSP-10)', async () => {
  const [shop, courier, home] = [at(0), at(20), at(40)]
  const { pairs } = roads.state
  await timesByRoad(roadDistances({ url: roads.url }), haversine)([shop, courier, home], new Set([courier]))
  assert.equal(roads.state.pairs - pairs, 6)
})
