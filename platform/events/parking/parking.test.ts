import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'kysely'
import { transaction } from '#platform/db'
import {
  deadMessages,
  messageDeadLettered,
  outboxStatus,
  publish,
  retryAll,
  retryMessage,
  skipMessage,
  subscribe,
  type LogSettings,
  type Subscription,
} from '#platform/events'
import { eventually } from '#platform/testing'
import { happened, insertEffects, publishThings, upTo } from '../fixtures/things.ts'
import { useThings } from '../fixtures/use-things.ts'

const things = useThings()

const quickRetries: Partial<LogSettings> = { firstBackoff: 20, maxBackoff: 40 }
const start = (
  subscriptions: readonly Subscription[],
  settings: Partial<LogSettings> = quickRetries,
  release = '0.1.0',
) => {
  return things.consume(subscriptions, { settings, program: { release, alone: false } })
}
const onlyDead = async () => {
  const { items, total } = await deadMessages(things.db)
  assert.equal(total, 1)
  assert.ok(items[0])
  return items[0]
}
const operator = { group: 'one', who: 'olga' }

test('a message that cannot be handled holds up its own key and nothing else (R10)', async () => {
  let failing = true
  start(
    [
      insertEffects('one', ({ payload: { key, n } }) => {
        if (failing && key === 'bad' && n === 2) throw new Error('no such order')
      }),
    ],
    { ...quickRetries, maxAttempts: 1000 },
  )
  await publishThings(
    things.db,
    upTo(5).flatMap((n) => [
      { key: 'bad', n },
      { key: 'good', n },
    ]),
  )
  await eventually(async () => assert.deepEqual(await things.handled(), { bad: [1], good: upTo(5) }))
  await eventually(async () => {
    const [status] = await outboxStatus(things.db)
    assert.deepEqual([status?.retrying, status?.behind, status?.dead], [1, 3, 0])
  })
  failing = false
  await eventually(async () => assert.deepEqual(await things.handled(), { bad: upTo(5), good: upTo(5) }))
  await publishThings(things.db, [{ key: 'bad', n: 6 }])
  await eventually(async () => assert.deepEqual((await things.handled())['bad'], upTo(6)))
  assert.equal((await outboxStatus(things.db))[0]?.retrying, 0)
})

test('a transient failure is tried again at once, and its message is not parked (PLT-1)', async () => {
  let failures = 2
  start([
    insertEffects('one', () => {
      if (failures-- > 0) throw Object.assign(new Error('lock timeout'), { code: '55P03' })
    }),
  ])
  await publishThings(things.db, [{ key: 'k', n: 1 }])
  await eventually(async () => assert.deepEqual(await things.handled(), { k: [1] }))
  assert.equal(things.consumer?.measures()[0]?.parked, 0)
})

test('after five failures a message is dead: subscribers and operators see it, and an operator can retry it (PLT-6)', async () => {
  let failing = true
  const deaths: object[] = []
  let attempts = 0
  let failuresOfOther = 2
  start([
    insertEffects('one', ({ payload: { key, n } }) => {
      if (key === 'other' && failuresOfOther-- > 0) throw new Error('not yet')
      if (key === 'other') return
      if (n === 1) attempts++
      if (failing) throw new Error(`no thing ${n}`)
    }),
    subscribe(messageDeadLettered, async (_tx, { payload, metadata }) => void deaths.push({ ...payload, ...metadata })),
  ])
  await publishThings(
    things.db,
    upTo(3).map((n) => ({ key: 'k', n })),
  )
  const dead = await eventually(onlyDead)
  assert.equal(attempts, 6, 'one attempt in the batch of three, five alone')
  assert.deepEqual([dead.error, dead.attempts, dead.held_up, dead.payload], ['no thing 1', 5, 2, { key: 'k', n: 1 }])
  await eventually(() => assert.equal(deaths.length, 1))
  assert.partialDeepStrictEqual(deaths[0], { dead_event_id: dead.event_id, group: 'one', error: 'no thing 1' })
  failing = false
  await publishThings(things.db, [{ key: 'other', n: 1 }])
  // The retry of the other key shows that the consumer has looked for due messages again.
  await eventually(async () =>
    assert.deepEqual(await things.handled(), { other: [1] }, 'the dead message holds up its key'),
  )
  assert.deepEqual(await retryMessage(things.db, { ...operator, event_id: dead.event_id }), { kind: 'done' })
  await eventually(async () => assert.deepEqual(await things.handled(), { other: [1], k: upTo(3) }))
  const { rows } = await sql`select who, action, consumer_group from platform.operation`.execute(things.db)
  assert.deepEqual(rows, [{ who: 'olga', action: 'retry', consumer_group: 'one' }])
})

test('a skipped message is never handled, and the next messages of its key are (PLT-6)', async () => {
  const subscriptions = [
    insertEffects('one', ({ payload: { n } }) => {
      if (n === 1) throw new Error('never')
    }),
  ]
  start(subscriptions, { ...quickRetries, maxAttempts: 1 })
  await publishThings(
    things.db,
    upTo(3).map((n) => ({ key: 'k', n })),
  )
  const dead = await eventually(onlyDead)
  await eventually(async () => assert.equal((await onlyDead()).held_up, 2))
  const { rows } = await sql<{ event_id: string }>`
    select event_id from platform.parked where state = 'behind'
  `.execute(things.db)
  const behind = { ...operator, event_id: rows[0]?.event_id ?? '' }
  assert.deepEqual(await retryMessage(things.db, behind), { kind: 'refused', reason: 'behind-another' })
  const skipped = { ...operator, event_id: dead.event_id, reason: 'a test order' }
  assert.deepEqual(await skipMessage(things.db, skipped), { kind: 'done' })
  await eventually(async () => assert.deepEqual(await things.handled(), { k: [2, 3] }))
  assert.deepEqual(await skipMessage(things.db, skipped), { kind: 'refused', reason: 'not-parked' })
  // A group that reads the log again from its beginning does not handle it either.
  await things.consumer?.stop()
  await sql`update platform.consumer set snapshot = '1:1:'`.execute(things.db)
  start(subscriptions)
  await eventually(() => assert.equal(things.consumer?.measures()[0]?.duplicates, 3))
  assert.deepEqual(await things.handled(), { k: [2, 3] })
})

test('an operator can retry all dead messages of a group together (PLT-6)', async () => {
  let failing = true
  start(
    [
      insertEffects('one', () => {
        if (failing) throw new Error('a bug')
      }),
    ],
    { ...quickRetries, maxAttempts: 1 },
  )
  await publishThings(
    things.db,
    upTo(4).map((n) => ({ key: `k${n}`, n })),
  )
  await eventually(async () => assert.equal((await deadMessages(things.db)).total, 4))
  failing = false
  assert.equal((await retryAll(things.db, { ...operator, type: 'no.such-type.v1' })).count, 0)
  assert.equal((await retryAll(things.db, operator)).count, 4)
  await eventually(async () => assert.deepEqual(await things.handled(), { k1: [1], k2: [2], k3: [3], k4: [4] }))
})

test('a malformed message is dead at once and reaches no handler (PLT-5)', async () => {
  let calls = 0
  start([insertEffects('one', () => void calls++)])
  await sql`
    insert into platform.event (event_id, type, source, subject, partition_key, correlation_id, data)
    values (uuidv7(), ${happened.type}, 'things', 'k', 'k', uuidv7(), '{"key": "k", "n": "three"}')
  `.execute(things.db)
  const dead = await eventually(onlyDead)
  assert.equal(dead.error_code, 'malformed')
  assert.match(dead.error ?? '', /\/n/)
  assert.equal(calls, 0)
})

test('a parked message is dead once a newer release no longer subscribes to its type (PLT-5)', async () => {
  start(
    [
      insertEffects('one', () => {
        throw new Error('never')
      }),
    ],
    { ...quickRetries, firstBackoff: 60_000, maxBackoff: 60_000 },
  )
  await publishThings(things.db, [{ key: 'k', n: 1 }])
  await eventually(() => assert.equal(things.consumer?.measures()[0]?.parked, 1))
  await things.consumer?.stop()
  await sql`update platform.parked set next_at = now()`.execute(things.db)
  start([subscribe(messageDeadLettered, async () => {})], quickRetries, '0.2.0')
  assert.equal((await eventually(onlyDead)).error_code, 'unknown-type')
})

test('the death of a message about a death publishes no further event: that would never end (PLT-1)', async () => {
  start(
    [
      subscribe(messageDeadLettered, async () => {
        throw new Error('cannot handle it')
      }),
    ],
    { ...quickRetries, maxAttempts: 1 },
  )
  const payload = { dead_event_id: '01929f3c-0000-7000-8000-000000000009', event_type: 'x', group: 'y', key: 'k' }
  await transaction(things.db, (tx) => publish(tx, [messageDeadLettered({ ...payload, attempts: 5, error: 'z' })]))
  // The transaction that marks the message as dead is the one that would publish.
  await eventually(onlyDead)
  const { rows } = await sql`select from platform.event`.execute(things.db)
  assert.equal(rows.length, 1)
})
