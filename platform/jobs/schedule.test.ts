import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { Type } from 'typebox'
import { quietLog } from '#platform/telemetry'
import { eventually, testDatabase, type TestDatabase } from '#platform/testing'
import { installJobs, runJobs, type Job } from './index.ts'
import { scheduleOf } from './schedule.ts'

let database: TestDatabase
before(async () => {
  database = await testDatabase()
  await installJobs(database.pool)
})
after(() => database.close())

const nightly = (cron: string, work: () => void = () => {}): Job => ({
  name: 'shop.sweep',
  payload: Type.Object({}, { additionalProperties: false }),
  cron,
  timeLimit: 1000,
  work: async () => work(),
})

test('jobs come round by the clock of UTC, and those without a schedule do not (PLT-9)', () => {
  const { cron: _, ...plain } = nightly('* * * * *')
  const schedule = scheduleOf([nightly('30 3 * * 1'), plain])
  assert.equal(schedule.length, 1)
  const monday = { min: 30, hour: 3, date: 23, month: 11, dow: 1 }
  assert.equal(schedule[0]?.match(monday), true)
  assert.equal(schedule[0]?.match({ ...monday, dow: 2 }), false)
  assert.equal(schedule[0]?.match({ ...monday, hour: 6 }), false)
})

test('a schedule that cannot be read stops the start (PLT-9)', async () => {
  const start = runJobs({ pool: database.pool, jobs: [nightly('every night')], concurrency: 1, log: quietLog })
  await assert.rejects(start, /every night/)
})

test('a nightly job missed while the machine was off is made up for, once (PLT-9)', async () => {
  await sql`
    insert into graphile_worker._private_known_crontabs (identifier, known_since, last_execution)
    values ('shop.sweep', now() - interval '9 days', now() - interval '26 hours')`.execute(database.db)
  let done = 0
  const missed = new Date(Date.now() - 5 * 3_600_000)
  const job = nightly(`${missed.getUTCMinutes()} ${missed.getUTCHours()} * * *`, () => void done++)
  const start = () => runJobs({ pool: database.pool, jobs: [job], concurrency: 2, log: quietLog })
  const first = await start()
  try {
    await eventually(() => assert.equal(done, 1))
  } finally {
    await first.stop()
  }
  const second = await start()
  await new Promise((resolve) => setTimeout(resolve, 300))
  await second.stop()
  assert.equal(done, 1)
})
