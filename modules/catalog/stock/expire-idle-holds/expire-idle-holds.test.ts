import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { transaction } from '#platform/db'
import { crowd } from '#platform/testing'
import { after as later, minutes, newId } from '#platform/values'
import type { CatalogApi, IdleSince } from '../../api.ts'
import { type CatalogTest, openCatalogTest, shipmentFor } from '../../testing.ts'
import { expireIdleHolds, listIdleHolds } from './expire-idle-holds.ts'

const holdTime = minutes(30)
let catalog: CatalogTest
let expire: CatalogApi['expireIdleHolds']
let rose: string
before(async () => {
  catalog = await openCatalogTest()
  expire = expireIdleHolds(catalog.needs)
  rose = await catalog.addVariant(100)
})
after(() => catalog.close())

const held = async (order_id = newId()) => {
  const items = [{ variant_id: rose, quantity: 1 }]
  const { kind } = await catalog.hold({ order_id, items, expires_at: later(catalog.now(), holdTime) })
  assert.equal(kind, 'held')
  return order_id
}
/** The holds that were neither made nor claimed in the last two minutes. */
const idle = (): IdleSince => {
  const held_before = later(catalog.now(), -minutes(2))
  return { held_before, expires_before: later(held_before, holdTime) }
}
const first = { expires_at: new Date(0), order_id: '00000000-0000-0000-0000-000000000000' }
const reserved = async () =>
  await catalog.db
    .selectFrom('catalog.stock')
    .select('reserved')
    .where('variant_id', '=', rose)
    .executeTakeFirstOrThrow()

test('the idle holds are read page by page, in the sequence in which they expire (CAT-13)', async () => {
  const holds = [await held(), await held(), await held()]
  catalog.advance(minutes(1))
  // Its id comes before all others, its end after them.
  holds.push(await held('01900000-0000-7000-8000-000000000001'))
  catalog.advance(minutes(3))
  await held()
  const list = listIdleHolds(catalog.db)
  const { expires_before, held_before } = idle()
  assert.deepEqual(
    await list({ held_before, expires_before: new Date(0) }, { after: first, limit: 10 }),
    [],
    'the time of both counts',
  )
  assert.deepEqual(await list({ held_before: new Date(0), expires_before }, { after: first, limit: 10 }), [])
  const pages = [await list(idle(), { after: first, limit: 3 })]
  pages.push(await list(idle(), { after: pages[0]?.at(-1) ?? first, limit: 3 }))
  const [page, rest] = pages.map((each) => each.map(({ order_id }) => order_id))
  assert.deepEqual(page, holds.slice(0, 3).toSorted())
  assert.deepEqual(rest, holds.slice(3))
  assert.deepEqual((await expire(holds, idle())).toSorted(), holds.toSorted())
})

test('several processes expire an idle hold once, and free its goods once (CAT-13)', async () => {
  const { reserved: before } = await reserved()
  const order_id = await held()
  catalog.advance(minutes(3))
  const expired = await crowd(4, () => expire([order_id, newId()], idle()))
  assert.deepEqual(
    expired.flatMap((outcome) => (outcome.status === 'fulfilled' ? outcome.value : [String(outcome.reason)])),
    [order_id],
  )
  assert.deepEqual(await reserved(), { reserved: before })
  await catalog.assertNoViolations()
})

test('a hold that a request is about to claim is skipped, without a wait (CAT-13)', async () => {
  const [locked, free] = [await held(), await held()]
  catalog.advance(minutes(3))
  await transaction(catalog.secondDb(), async (tx) => {
    await tx.selectFrom('catalog.holds').select('order_id').where('order_id', '=', locked).forUpdate().execute()
    assert.deepEqual(await expire([locked, free], idle()), [free])
  })
  assert.deepEqual(await expire([locked, free], idle()), [locked])
})

test('a hold that is paid or was claimed again does not expire (CAT-13)', async () => {
  const [claimed, paid] = [await held(), await held()]
  await catalog.deliver(shipmentFor(paid))
  catalog.advance(minutes(3))
  await held(claimed)
  assert.deepEqual(await expire([claimed, paid], idle()), [])
  catalog.advance(minutes(3))
  assert.deepEqual(await expire([claimed], idle()), [claimed])
  assert.deepEqual(await expire([claimed], idle()), [])
})
