import assert from 'node:assert/strict'
import { afterEach, beforeEach, test } from 'node:test'
import { sql } from 'kysely'
import { Type } from 'typebox'
import { crowd, eventually, testDatabase, type TestDatabase } from '#platform/testing'
import { defineEvent } from '#platform/events'
import { quietLog as log } from '#platform/telemetry'
import { newId } from '#platform/values'
import { publishDaysAgo } from '../fixtures/old-days.ts'
import { createThings, effectsOf, happened, insertEffects, noticed } from '../fixtures/things.ts'
import { releaseKnown, unknownTypes } from '../log/ingest-events.ts'
import { dropPartitions } from '../log/partitions.ts'
import { consumeLog, type LogConsumer } from '../processing/consume-log.ts'
import { ingester } from './ingest.ts'

let database: TestDatabase
let consumer: LogConsumer | undefined
beforeEach(async () => {
  database = await testDatabase({ parts: [] })
  await createThings(database.db)
})
afterEach(async () => {
  await consumer?.stop()
  consumer = undefined
  await database.close()
})

/** The ingest of a service with the modules `reader` and `mine`, where `reader` subscribes to `subscribed`. */
const open = (subscribed: readonly string[] = [happened.type]) =>
  ingester({
    db: database.db,
    local: new Set(['reader', 'mine']),
    subscribed: new Set(subscribed),
    known: new Set([happened.type, noticed.type]),
    log,
  })

type Sent = Readonly<{
  type?: string
  event_id?: string
  sequence?: number | string
  key?: string
  n?: number | string
}>

/** A message as the relay of another service sends it. */
function message({ type = happened.type, event_id = newId(), sequence = 1, key = 'a', n = 1 }: Sent = {}) {
  const envelope = {
    event_id,
    event_type: type,
    timestamp: '2026-11-21T09:15:00.000Z',
    service: 'things',
    payload: { key, n, added_later: true },
    metadata: { key, correlation_id: newId(), alias: 'ThingHappened' },
    added_later: true,
  }
  return {
    headers: { ce_id: event_id, ce_sequence: String(sequence).padStart(19, '0') },
    body: JSON.stringify(envelope),
  }
}

type LogRow = Readonly<{ event_id: string; type: string; ingested: boolean; data: { n: number } }>
const readLog = async () =>
  (await sql<LogRow>`select event_id, type, ingested, data from platform.event order by id`.execute(database.db)).rows
const numbers = async () => (await readLog()).map(({ data }) => data.n)

test('messages are appended in their order and marked, unknown fields included (PLT-5)', async () => {
  const { handle } = open()
  const verdicts = await handle([3, 1, 2].map((n) => message({ n, sequence: n })))
  assert.deepEqual(verdicts, ['accepted', 'accepted', 'accepted'])
  assert.deepEqual(await numbers(), [3, 1, 2])
  assert.ok((await readLog()).every(({ ingested }) => ingested))
})

test('a repeated message is not appended again, also not by two processes at once (PLT-2)', async () => {
  const sent = [1, 2, 3].map((n) => message({ n, sequence: n }))
  await crowd(8, () => open().handle([...sent, ...sent]))
  const { handle, counts } = open()
  assert.deepEqual(await handle(sent), ['accepted', 'accepted', 'accepted'])
  assert.deepEqual(await numbers(), [1, 2, 3])
  assert.deepEqual([counts.ingested, counts.duplicate], [0, 3])
})

test('a second publication of an event is appended, because it revives a dead message (ORD-6)', async () => {
  const event_id = newId()
  const { handle } = open()
  await handle([
    message({ event_id, sequence: 1 }),
    message({ event_id, sequence: 2 }),
    message({ event_id, sequence: 2 }),
  ])
  assert.deepEqual(
    (await readLog()).map((row) => row.event_id),
    [event_id, event_id],
  )
})

test('an event that the log has, because both services share a database, is not appended again (PLT-4)', async () => {
  const event_id = newId()
  const { rows } = await sql<{ id: number }>`
    insert into platform.event (event_id, type, source, subject, partition_key, correlation_id, data)
    values (${event_id}, ${happened.type}, 'things', 'a', 'a', ${newId()}, '{"n": 1}') returning id
  `.execute(database.db)
  assert.deepEqual(await open().handle([message({ event_id, sequence: rows[0]?.id ?? 0 })]), ['accepted'])
  assert.deepEqual(await numbers(), [1])
})

const malformed: readonly (readonly [string, string])[] = [
  ['no JSON', 'tea'],
  ['JSON that is no envelope', '[]'],
  ['an event id that is none', message({ event_id: '1' }).body],
  ['an empty key', message({ key: '' }).body],
  ['a type of this service', message({ type: 'mine.thing-made.v1' }).body],
  ['text that PostgreSQL cannot store', message({ n: 'a\0b' }).body],
  ['a time that PostgreSQL cannot store', message().body.replace('2026-11-21', '0000-11-21')],
]

test('a malformed message goes to the dead letters, and the others of its batch are taken (PLT-5)', async () => {
  for (const [name, body] of malformed) {
    const { handle, counts } = open()
    const [before, after] = [message({ n: 1 }), message({ n: 2 })]
    const verdicts = await handle([before, { headers: {}, body }, after])
    assert.deepEqual(verdicts, ['accepted', 'malformed', 'accepted'], name)
    assert.equal(counts.malformed, 1, name)
  }
  assert.equal((await numbers()).length, 2 * malformed.length)
})

test('while the database is away no message is accepted (PLT-4)', async () => {
  const away = await testDatabase({ parts: [] })
  await away.close()
  const { handle } = ingester({ db: away.db, local: new Set(), subscribed: new Set(), known: new Set(), log })
  await assert.rejects(handle([message()]))
})

test('a known type without a subscriber here is ignored, unless a newer release has registered it (PLT-5)', async () => {
  const { handle, counts } = open()
  assert.deepEqual(await handle([message({ type: noticed.type, n: 1 })]), ['accepted'])
  assert.deepEqual(await numbers(), [])
  assert.equal(counts.ignored, 1)
  await sql`insert into platform.consumer (consumer_group, types) values ('reader', ${[noticed.type]})`.execute(
    database.db,
  )
  await handle([message({ type: noticed.type, n: 2 })])
  assert.deepEqual(await numbers(), [2])
})

const polished = defineEvent('things.thing-polished.v1', {
  description: 'A thing shines.',
  key: 'key',
  payload: Type.Object({ key: Type.String(), n: Type.Integer() }),
})

test('events of an unknown type are parked, and go on when a release knows them (PLT-5)', async () => {
  const { handle, counts } = open()
  await handle([1, 2].map((n) => message({ type: polished.type, n, sequence: n })))
  assert.equal(counts.unknown, 2)
  assert.deepEqual(
    (await unknownTypes(database.db)).map(({ event_type, messages }) => [event_type, messages]),
    [[polished.type, 2]],
  )
  // A group of this release has read past them.
  const first = { name: 'reader', subscriptions: [insertEffects('reader')] }
  const older = consumeLog({ ...database, groups: [first], log })
  await older.registered
  await handle([message({ n: 7 })])
  await eventually(async () => assert.deepEqual((await effectsOf(database.db, 'reader')).get('a'), [7]))
  await older.stop()
  const [effect] = first.subscriptions
  assert.ok(effect)
  const subscriptions = [effect, { ...effect, event: polished }]
  consumer = consumeLog({ ...database, groups: [{ name: 'reader', subscriptions }], log })
  await consumer.registered
  assert.equal(await releaseKnown(database.db, [happened.type, polished.type]), 2)
  await eventually(async () => assert.deepEqual((await effectsOf(database.db, 'reader')).get('a'), [7, 1, 2]))
  assert.deepEqual(await unknownTypes(database.db), [])
})

test('a type that no release knows holds no old day of the log (PLT-5)', async () => {
  await publishDaysAgo(database.db, 9)
  await sql`
    insert into platform.parked (consumer_group, event_id, position, day, partition_key, type, next_at, first_failed_at)
    select 'ingest', event_id, id, day, partition_key, type, 'infinity', now() - interval '9 days' from platform.event
  `.execute(database.db)
  const { dropped } = await dropPartitions(database.db)
  assert.equal(dropped.filter((name) => name.startsWith('event_')).length, 1)
  assert.deepEqual(await unknownTypes(database.db), [])
})
