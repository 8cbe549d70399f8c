import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { transaction } from '#platform/db'
import { onNudge, tell } from '#platform/events'
import { onTrail } from '#platform/telemetry'
import { testDatabase, type TestDatabase } from '#platform/testing'
import { happened, tellThings } from './fixtures/things.ts'

let house: TestDatabase
before(async () => (house = await testDatabase({ parts: [] })))
after(() => house.close())

const rows = async () =>
  (await sql<Record<string, unknown>>`select *, tx::text as tx from msg.event order by id`.execute(house.db)).rows

test('what is told is written with the change or not at all, and wakes hearers only once it is (PLT-1)', async () => {
  let nudges = 0
  const forget = onNudge(() => nudges++)
  const changed = transaction(house.db, async (tx) => {
    await tell(tx, [happened({ key: 'k', n: 1 })])
    assert.equal(nudges, 0)
    throw new Error('changed my mind')
  })
  await assert.rejects(changed, /changed my mind/)
  assert.deepEqual([await rows(), nudges], [[], 0])
  await tellThings(house.db, [
    { key: 'k', n: 1 },
    { key: 'k', n: 2 },
    { key: 'l', n: 3 },
  ])
  assert.deepEqual(
    (await rows()).map(({ data }) => (data as { n: number }).n),
    [1, 2, 3],
  )
  assert.equal(nudges, 1)
  forget()
})

test('an event carries its trail, its key and its teller (PLT-5)', async () => {
  const trail = {
    correlation_id: '01929f3c-0000-7000-8000-000000000001',
    causation_id: '01929f3c-0000-7000-8000-000000000002',
    traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
  }
  await onTrail(trail, () => tellThings(house.db, [{ key: 'traced', n: 1 }]))
  assert.partialDeepStrictEqual((await rows()).at(-1), {
    ...trail,
    type: 'things.thing-happened.v1',
    source: 'things',
    subject: 'traced',
    partition_key: 'traced',
  })
})

test('an event that does not fit its schema stops the transaction that tells it (PLT-5)', async () => {
  const wrong = happened({ key: 'k', n: 1.5 })
  await assert.rejects(
    transaction(house.db, (tx) => tell(tx, [wrong])),
    /things.thing-happened.v1: \/n/,
  )
})

test('an event is told only inside of the unit of work (PLT-7)', async () => {
  const outside = house.db.transaction().execute((tx) => tell(tx, [happened({ key: 'k', n: 1 })]))
  await assert.rejects(outside, /unit of work/)
})
