import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { openLogs } from '#platform/telemetry'
import { testDatabase } from '#platform/testing'
import { seconds } from '#platform/values'
import { secrets } from '../tests/e2e/secrets.ts'
import { openApp, type App } from './app.ts'
import { startBackground } from './background.ts'
import { readAppConfig } from './config/config.ts'

test('when a part of the background does not start, the parts that have started end (F-3, REL-2)', async () => {
  const database = await testDatabase()
  const app = await openApp({
    config: readAppConfig({ DATABASE_URL: database.url, MIGRATE_ON_START: 'false', ...secrets }),
    announce: () => {},
  })
  const logs = openLogs({ service: 'posad', version: 'test', level: 'silent' })
  let scans = 0
  const now = () => {
    scans++
    return new Date()
  }
  const refuses = { name: 'a test', background: [{ start: () => Promise.reject(new Error('it does not start')) }] }
  const unreachable = database.url.replace(/:\d+\//, ':1/')
  try {
    const failing: readonly App[] = [
      { ...app, now, url: unreachable },
      { ...app, now, modules: [...app.modules, refuses as unknown as App['modules'][number]] },
    ]
    for (const one of failing) await assert.rejects(startBackground(one, logs))
    const before = scans
    await sleep(seconds(2))
    assert.equal(scans, before, 'nothing watches the timeouts of sagas')
    const { rows } = await database.pool.query(
      "select from pg_stat_activity where application_name = 'posad-jobs' and datname = current_database()",
    )
    assert.equal(rows.length, 0, 'no job runner is connected')
  } finally {
    await app.close()
    await database.close()
  }
})
