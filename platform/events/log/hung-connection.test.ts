import assert from 'node:assert/strict'
import { afterEach, beforeEach, test } from 'node:test'
import { sql } from 'kysely'
import type { Pool } from 'pg'
import { openDb, openPool } from '#platform/db'
import { consumeLog, type LogConsumer } from '#platform/events'
import { quietLog } from '#platform/telemetry'
import { eventually } from '#platform/testing'
import { freezingProxy } from '../fixtures/freezing-proxy.ts'
import { effectsOf, insertEffects, publishThings } from '../fixtures/things.ts'
import { useThings } from '../fixtures/use-things.ts'
import { LogConnection } from './log-connection.ts'

const things = useThings()
let proxy: Awaited<ReturnType<typeof freezingProxy>>
let pool: Pool
beforeEach(async () => {
  proxy = await freezingProxy(things.url)
  pool = openPool({ url: proxy.url, size: 4 })
})
afterEach(async () => {
  await consumer?.stop()
  consumer = undefined
  await proxy.close()
  await pool.end()
})

const settings = { leaderTimeout: 1000, pollInterval: 100 }
let consumer: LogConsumer | undefined
const consumeThroughProxy = () => {
  const groups = [{ name: 'one', subscriptions: [insertEffects('one')] }]
  return (consumer = consumeLog({ db: openDb(pool), pool, groups, settings, log: quietLog }))
}
const handled = async (n: number) => {
  await publishThings(things.db, [{ key: 'k', n }])
  await eventually(async () => assert.ok((await effectsOf(things.db, 'one')).get('k')?.includes(n)), { within: 8000 })
}

test('events flow again within seconds after the connection to the log hangs (REL-2, PLT-1)', async () => {
  const consumer = consumeThroughProxy()
  await handled(1)
  assert.equal(proxy.freeze('posad log'), 1)
  const frozenAt = performance.now()
  await handled(2)
  const waited = performance.now() - frozenAt
  assert.ok(waited < 5 * settings.leaderTimeout, `the events waited ${waited} ms`)
  assert.ok(consumer.reachesLog())
  assert.deepEqual((await things.handled())['k'], [1, 2])
})

test('a process that cannot reach the log for longer than the leader timeout says so (REL-2, rule 13)', async () => {
  const consumer = consumeThroughProxy()
  await handled(1)
  assert.ok(consumer.reachesLog())
  proxy.freezeAll()
  await eventually(() => assert.equal(consumer.reachesLog(), false), { within: 8000 })
  proxy.thaw()
  await eventually(() => assert.equal(consumer.reachesLog(), true), { within: 15_000 })
})

test('a read that the server still executes is no hung connection (REL-2)', async () => {
  let answers = 0
  const connection = await LogConnection.open(pool, {
    timeout: 400,
    onAnswer: () => void answers++,
    onLost: () => {},
    onNotification: () => {},
  })
  const before = answers
  await connection.query('slow', 'select pg_sleep(1.5)', [])
  assert.ok(answers >= before + 3, 'the server confirms that it works on the read')
  assert.equal(connection.lost, false)
  await connection.close()
  await eventually(async () => {
    const { rows } =
      await sql`select from pg_stat_activity where datname = current_database() and application_name like 'posad log%'`.execute(
        things.db,
      )
    assert.equal(rows.length, 0)
  })
})
