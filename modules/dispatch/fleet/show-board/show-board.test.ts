import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { after, before, beforeEach, test } from 'node:test'
import { anna, bearer, expectProblem, expectResponse, olga } from '#platform/testing'
import type { BoardChange } from '../board.ts'
import { BoardView } from '../board-schema.ts'
import { north, openFleetTest, type FleetTest } from '../testing.ts'

let shop: FleetTest
let address: string
before(async () => {
  shop = await openFleetTest()
  address = await shop.api.http.listen({ port: 0, host: '127.0.0.1' })
})
after(() => shop.close())
beforeEach(() => shop.clear())

const show = async () => expectResponse(await shop.api.send(olga, 'GET /dispatch/board'), 200, BoardView)

/** Opens the feed and reads one event after the other. */
async function follow() {
  const stop = new AbortController()
  const url = `${address}/api/v1/dispatch/board/events`
  const { body } = await fetch(url, { headers: { authorization: bearer(olga) }, signal: stop.signal })
  const chunks = body!.pipeThrough(new TextDecoderStream())[Symbol.asyncIterator]()
  let text = ''
  return {
    next: async (): Promise<{ event: string; data: unknown }> => {
      for (;;) {
        const [, event, data] = /event: (.+)\ndata: (.+)\n\n/.exec(text) ?? []
        if (event && data) {
          text = text.slice(text.indexOf(data) + data.length + 2)
          return { event, data: JSON.parse(data) as unknown }
        }
        const { value, done } = await chunks.next()
        if (done) throw new Error('the feed ended')
        text += value
      }
    },
    stop: () => stop.abort(),
  }
}

test('a dispatcher sees couriers with their routes, and parcels with their planned courier and time (DSP-12)', async () => {
  const pyotr = await shop.onDuty('Пётр', { most_parcels: 1 })
  const [near, far] = await shop.addParcels({ at: north(1) }, { at: north(1.2) })
  await shop.fleet.planRoutes()
  const { couriers, parcels, depot } = await show()
  assert.deepEqual([couriers[0]?.name, couriers[0]?.position], ['Пётр', depot])
  assert.equal(couriers[0]?.stops.length, 4)
  assert.deepEqual(
    new Set(parcels.map(({ id, planned_courier_id }) => `${id} ${planned_courier_id}`)),
    new Set([near, far].map(({ shipment_id }) => `${shipment_id} ${pyotr.user_id}`)),
  )
  assert.ok(parcels.every(({ expected_at, is_late, point }) => expected_at !== null && !is_late && point !== null))
  expectProblem(await shop.api.send(anna, 'GET /dispatch/board'), 403, 'forbidden')
  expectProblem(await shop.api.send(anna, 'GET /dispatch/board/events'), 403, 'forbidden')
})

test('the feed sends the board once, then what changes (DSP-12)', async () => {
  const feed = await follow()
  try {
    assert.equal((await feed.next()).event, 'board')
    const pyotr = await shop.onDuty('Пётр')
    const duty = (await feed.next()) as { event: string; data: BoardChange }
    assert.equal(duty.event, 'change')
    assert.deepEqual([duty.data.couriers.map(({ name }) => name), duty.data.parcels.length], [['Пётр'], 0])

    const [parcel] = await shop.addParcels({ at: north(1) })
    const created = (await feed.next()) as { data: BoardChange }
    assert.deepEqual(
      created.data.parcels.map(({ id, status }) => [id, status]),
      [[parcel.shipment_id, 'waiting']],
    )

    await shop.cancel(parcel)
    for (;;) {
      const { data } = (await feed.next()) as { data: BoardChange }
      if (data.gone.includes(parcel.shipment_id)) break
    }
    assert.equal((await shop.routeOf(pyotr)).parcels.length, 0)
  } finally {
    feed.stop()
  }
})

test('a browser opens the feed with a token (DSP-12)', async () => {
  const response = await shop.api.send(olga, 'POST /dispatch/board/events/token')
  const { url } = expectResponse(response, 201) as { url: string }
  const stop = new AbortController()
  const opened = await fetch(`${address}${url}`, { signal: stop.signal })
  assert.equal(opened.status, 200)
  stop.abort()
})

test('the page of the board runs its own script and style alone, in both languages (DSP-12)', async () => {
  const open = (language: string) =>
    shop.api.http.inject({ url: '/dispatch/board', headers: { 'accept-language': language } })
  const [page, russian] = [await open('en'), await open('ru')]
  const policy = String(page.headers['content-security-policy'])
  for (const tag of ['script', 'style']) {
    const [, source = ''] = new RegExp(`<${tag}>([^]*?)</${tag}>`).exec(page.body) ?? []
    assert.ok(policy.includes(`'sha256-${createHash('sha256').update(source).digest('base64')}'`), tag)
  }
  assert.ok(!policy.includes('unsafe'))
  assert.match(page.body, /<h1>Couriers<\/h1>/)
  assert.match(russian.body, /<html lang="ru">[^]*<h1>Курьеры<\/h1>/)
})
