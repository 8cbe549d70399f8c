import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'kysely'
import { transaction } from '#platform/db'
import { keyLocal, openManualConsumer, outboxStatus, publish, subscribe, type Subscription } from '#platform/events'
import { eventually } from '#platform/testing'
import { minutes } from '#platform/values'
import { happened, insertEffect, noticed, publishThings, upTo } from '../fixtures/things.ts'
import { useThings } from '../fixtures/use-things.ts'

const shop = useThings()

const counting = (options: { linger?: boolean; concerns?: (payload: { n: number }) => boolean }): Subscription =>
  keyLocal(subscribe(happened, (tx, event) => insertEffect(tx, 'one', event), options))

const count = async (what: 'effects' | 'transactions' | 'inbox') => {
  const { rows } = await sql<{ effects: number; transactions: number; inbox: number }>`
    select (select count(*)::int from things.effect) as effects,
      (select count(distinct xmin::text)::int from things.effect) as transactions,
      (select count(*)::int from platform.inbox) as inbox`.execute(shop.db)
  return rows[0]?.[what]
}

test('events that linger share a transaction, also when they are published one after the other (PERF-2)', async () => {
  shop.consume([counting({ linger: true })], { settings: { lingerTime: 400 } })
  await shop.consumer?.registered
  for (const n of upTo(5)) await publishThings(shop.db, [{ key: `k${n}`, n }])
  await eventually(async () => assert.equal(await count('effects'), 5))
  assert.equal(await count('transactions'), 1)
})

test('a full batch of events that linger does not wait (PERF-2)', async () => {
  shop.consume([counting({ linger: true })], { settings: { lingerTime: minutes(5), batchSize: 10 } })
  await publishThings(
    shop.db,
    upTo(10).map((n) => ({ key: `k${n}`, n })),
  )
  await eventually(async () => assert.equal(await count('effects'), 10))
})

test('an event that does not linger takes the waiting ones along (PERF-2)', async () => {
  const urgent = keyLocal(subscribe(noticed, async () => {}))
  shop.consume([counting({ linger: true }), urgent], { settings: { lingerTime: minutes(5) } })
  await publishThings(shop.db, [{ key: 'k1', n: 1 }])
  await eventually(() => assert.equal(shop.consumer?.measures()[0]?.outstanding, 1))
  assert.equal(await count('effects'), 0)
  await transaction(shop.db, (tx) => publish(tx, [noticed({ key: 'k2', n: 2 })]))
  await eventually(async () => assert.equal(await count('effects'), 1))
})

test('the events of one type linger only when every handler of the type lets them (PERF-2)', async () => {
  const other = keyLocal(subscribe(happened, async () => {}))
  shop.consume([counting({ linger: true }), other], { settings: { lingerTime: minutes(5) } })
  await publishThings(shop.db, [{ key: 'k1', n: 1 }])
  await eventually(async () => assert.equal(await count('effects'), 1))
})

test('an event that concerns no handler costs no transaction and no row, and the group moves on (PERF-2)', async () => {
  shop.consume([counting({ concerns: ({ n }) => n > 3 })])
  await publishThings(
    shop.db,
    upTo(5).map((n) => ({ key: 'k', n })),
  )
  await eventually(async () => assert.deepEqual(await shop.handled(), { k: [4, 5] }))
  await eventually(() => assert.equal(shop.consumer?.measures()[0]?.outstanding, 0))
  assert.equal(await count('inbox'), 2)
})

test('events that concern no handler are soon no lag of the group (PLT-6)', async () => {
  shop.consume([counting({ concerns: () => false })])
  for (const n of upTo(2)) {
    await publishThings(shop.db, [{ key: 'k', n }])
    await eventually(async () => assert.equal((await outboxStatus(shop.db))[0]?.lag_events, 0), { within: 10_000 })
  }
})

test('of two handlers of a type only the one that an event concerns prepares and handles it (PLT-2)', async () => {
  const seen: string[] = []
  const handler = (name: string, concerned: boolean) =>
    subscribe(
      happened,
      {
        prepare: async () => void seen.push(`${name} prepares`),
        handle: async () => void seen.push(`${name} handles`),
      },
      { concerns: () => concerned },
    )
  shop.consume([handler('one', false), handler('other', true)])
  await publishThings(shop.db, [{ key: 'k', n: 1 }])
  await eventually(() => assert.deepEqual(seen, ['other prepares', 'other handles']))
})

test('a malformed event is not ignored, whatever its payload would concern (PLT-5)', async () => {
  shop.consume([counting({ concerns: () => false })])
  await publishThings(shop.db, [{ key: 'k', n: 1 }])
  await sql`
    insert into platform.event (event_id, type, source, subject, partition_key, correlation_id, data)
    values (uuidv7(), ${happened.type}, 'things', 'k', 'k', uuidv7(), '{"key": 7}')`.execute(shop.db)
  await eventually(() => assert.equal(shop.consumer?.measures()[0]?.dead, 1))
})

test('a manual consumer sees the events that concern its group (PLT-2)', async () => {
  await publishThings(
    shop.db,
    upTo(3).map((n) => ({ key: 'k', n })),
  )
  const group = { name: 'one', subscriptions: [counting({ concerns: ({ n }) => n === 2 })] }
  const unhandled = await openManualConsumer(shop.db, group).unhandled()
  assert.deepEqual(
    unhandled.map(({ data }) => (data as { n: number }).n),
    [2],
  )
})
