import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openLogs } from '#platform/telemetry'
import { testDatabase } from '#platform/testing'
import { secrets } from '../tests/e2e/secrets.ts'
import { openApp } from './app.ts'
import { readAppConfig } from './config/config.ts'
import { openServer } from './run.ts'

test('a shop whose Redis does not answer is ready, degraded and sells (PLT-8, rule 13)', async () => {
  const database = await testDatabase({ size: 2 })
  // Port 1 is closed.
  const redis = { REDIS_HOST: '127.0.0.1', REDIS_PORT: '1', REDIS_PASSWORD: 'peony' }
  const config = readAppConfig({ DATABASE_URL: database.url, MIGRATE_ON_START: 'false', ...redis, ...secrets })
  const lines: string[] = []
  const app = await openApp({ config, announce: (line) => lines.push(line) })
  const logs = openLogs({ service: 'posad', version: 'test', level: 'silent' })
  const server = await openServer({ app, logs })
  try {
    const { status, degraded } = (await server.inject('/health/ready')).json<{ status: string; degraded: string[] }>()
    assert.deepEqual([status, degraded], ['healthy', ['redis']])
    assert.equal((await server.inject('/health/redis')).statusCode, 503)
    assert.equal((await server.inject('/api/v1/catalog/products')).statusCode, 200)
    assert.match(lines.join('\n'), /^Redis does not answer/)
    assert.doesNotMatch(lines.join('\n'), /peony/)
  } finally {
    await server.close()
    await app.close()
    await database.close()
  }
})
