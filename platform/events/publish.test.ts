import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { transaction } from '#platform/db'
import { onNudge, publish } from '#platform/events'
import { withContext } from '#platform/telemetry'
import { testDatabase, type TestDatabase } from '#platform/testing'
import { happened, publishThings } from './fixtures/things.ts'

let database: TestDatabase
before(async () => (database = await testDatabase({ parts: [] })))
after(() => database.close())

const rows = async () =>
  (await sql<Record<string, unknown>>`select *, tx::text as tx from platform.event order by id`.execute(database.db))
    .rows

test('an event is written with its change or not at all, and wakes the subscribers only after the commit (PLT-1)', async () => {
  let nudges = 0
  const stopListening = onNudge(() => nudges++)
  const rolledBack = transaction(database.db, async (tx) => {
    await publish(tx, [happened({ key: 'k', n: 1 })])
    assert.equal(nudges, 0)
    throw new Error('changed my mind')
  })
  await assert.rejects(rolledBack, /changed my mind/)
  assert.deepEqual([await rows(), nudges], [[], 0])
  await publishThings(database.db, [
    { key: 'k', n: 1 },
    { key: 'k', n: 2 },
    { key: 'l', n: 3 },
  ])
  assert.deepEqual(
    (await rows()).map(({ data }) => (data as { n: number }).n),
    [1, 2, 3],
  )
  assert.equal(nudges, 1)
  stopListening()
})

test('an event carries its trace context, its key and its publisher (PLT-5)', async () => {
  const traceContext = {
    correlation_id: '01929f3c-0000-7000-8000-000000000001',
    causation_id: '01929f3c-0000-7000-8000-000000000002',
    traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
  }
  await withContext(traceContext, () => publishThings(database.db, [{ key: 'traced', n: 1 }]))
  assert.partialDeepStrictEqual((await rows()).at(-1), {
    ...traceContext,
    type: 'things.thing-happened.v1',
    source: 'things',
    subject: 'traced',
    partition_key: 'traced',
  })
})

test('an event that does not match its schema rolls back the transaction that publishes it (PLT-5)', async () => {
  const invalid = happened({ key: 'k', n: 1.5 })
  await assert.rejects(
    transaction(database.db, (tx) => publish(tx, [invalid])),
    /things.thing-happened.v1: \/n/,
  )
})

test('an event can be published only inside the unit of work (PLT-7)', async () => {
  const outside = database.db.transaction().execute((tx) => publish(tx, [happened({ key: 'k', n: 1 })]))
  await assert.rejects(outside, /unit of work/)
})
