import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openLogs } from '#platform/telemetry'
import { testDatabase } from '#platform/testing'
import { secrets } from '../tests/e2e/secrets.ts'
import { openApp } from './app.ts'
import { readAppConfig } from './config.ts'
import { openServer } from './run.ts'

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
