import assert from 'node:assert/strict'
import { test } from 'node:test'
import { transaction } from '#platform/db'
import { messageDeadLettered, outboxStatus, publish } from '#platform/events'
import { openLogs } from '#platform/telemetry'
import { eventually, testDatabase } from '#platform/testing'
import { newId } from '#platform/values'
import { secrets } from '../../tests/e2e/secrets.ts'
import { openApp } from '../app.ts'
import { readAppConfig } from '../config/config.ts'
import { openServer } from '../run.ts'
import { startEvents } from './events.ts'

test('a shop that does not reach its log is ready but degraded (REL-2, rule 13)', async () => {
  const database = await testDatabase({ size: 2 })
  const config = readAppConfig({ DATABASE_URL: database.url, MIGRATE_ON_START: 'false', ...secrets })
  const app = await openApp({ config, announce: () => {} })
  let reaches = true
  const logs = openLogs({ service: 'posad', version: 'test', level: 'silent' })
  const probeBroker = async () => {
    if (!reaches) throw new Error('The log does not answer this process')
  }
  const server = await openServer({ app, logs, probeBroker })
  const ready = async () => (await server.inject('/health/ready')).json<{ status: string; degraded: string[] }>()
  try {
    assert.deepEqual((await ready()).degraded, [])
    reaches = false
    const { status, degraded } = await ready()
    assert.deepEqual([status, degraded], ['healthy', ['broker']])
    assert.equal((await server.inject('/health/broker')).statusCode, 503)
  } finally {
    await server.close()
    await app.close()
    await database.close()
  }
})

test('a shop whose broker is away goes on, is degraded, and shows the lag of its relays (PLT-4)', async () => {
  const database = await testDatabase({ size: 4 })
  const config = readAppConfig({
    DATABASE_URL: database.url,
    MIGRATE_ON_START: 'false',
    EVENT_BROKER_TYPE: 'rabbitmq',
    // No server listens on port 1.
    RABBITMQ_URL: 'amqp://guest:guest@127.0.0.1:1',
    ...secrets,
  })
  const app = await openApp({ config, announce: () => {} })
  const logs = openLogs({ service: 'posad', version: 'test', level: 'silent' })
  const events = await startEvents({ app, logs })
  const server = await openServer({ app, logs, probeBroker: () => events.probe() })
  try {
    const ready = (await server.inject('/health/ready')).json<{ status: string; degraded: string[] }>()
    assert.deepEqual([ready.status, ready.degraded], ['healthy', ['broker']])
    const lost = { dead_event_id: newId(), event_type: 'x', group: 'x', key: 'x', attempts: 5, error: 'a test' }
    await transaction(app.db, (tx) => publish(tx, [messageDeadLettered(lost)]))
    await eventually(async () => {
      const relay = (await outboxStatus(app.db)).find(({ group }) => group === 'relay:system')
      assert.ok(relay?.led && relay.lag_events > 0)
    })
  } finally {
    await server.close()
    await events.stop()
    await app.close()
    await database.close()
  }
})
