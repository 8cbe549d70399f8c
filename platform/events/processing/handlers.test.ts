import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'kysely'
import { transaction } from '#platform/db'
import { publish, subscribe } from '#platform/events'
import { eventually } from '#platform/testing'
import { happened, insertEffects, publishThings, upTo } from '../fixtures/things.ts'
import { useThings } from '../fixtures/use-things.ts'

const things = useThings()

test('a handler that is slow for one key does not delay the others (PLT-1)', async () => {
  const slow = Promise.withResolvers<void>()
  let slowStarted = false
  things.consume([
    insertEffects('one', async ({ payload: { key } }) => {
      if (key !== 'slow') return
      slowStarted = true
      await slow.promise
    }),
  ])
  await publishThings(things.db, [{ key: 'slow', n: 1 }])
  await eventually(() => assert.ok(slowStarted))
  await publishThings(
    things.db,
    upTo(10).map((n) => ({ key: `k${n}`, n })),
  )
  await eventually(async () => assert.equal(Object.keys(await things.handled()).length, 10))
  assert.equal((await things.handled())['slow'], undefined)
  slow.resolve()
  await eventually(async () => assert.deepEqual((await things.handled())['slow'], [1]))
})

test('an event that a handler publishes belongs to the request that caused the first one (PLT-18)', async () => {
  things.consume([
    subscribe(happened, async (tx, { payload: { key, n } }) => {
      if (n < 3) await publish(tx, [happened({ key, n: n + 1 })])
    }),
  ])
  await publishThings(things.db, [{ key: 'k', n: 1 }])
  await eventually(async () => {
    const { rows } = await sql<{ n: number; correlations: number; caused: boolean }>`
      select count(distinct correlation_id)::int as correlations, count(*)::int as n,
        bool_and(causation_id = earlier or earlier is null) as caused
      from (select *, lag(event_id) over (order by id) as earlier from platform.event) e
    `.execute(things.db)
    assert.deepEqual(rows, [{ n: 3, correlations: 1, caused: true }])
  })
})

test('a message that is published again under the same id is handled once (PLT-2)', async () => {
  things.consume([insertEffects('one')])
  const event_id = '01929f3c-0000-7000-8000-000000000001'
  const again = () => transaction(things.db, (tx) => publish(tx, [happened({ key: 'k', n: 1 }, event_id)]))
  await again()
  await again()
  await publishThings(things.db, [{ key: 'k', n: 2 }])
  await eventually(async () => assert.deepEqual(await things.handled(), { k: [1, 2] }))
})
