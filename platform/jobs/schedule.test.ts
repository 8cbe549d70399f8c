import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { Type } from 'typebox'
import { quietLog } from '#platform/telemetry'
import { eventually, testDatabase, type TestDatabase } from '#platform/testing'
import { transaction } from '#platform/db'
import { enqueue, installJobs, runJobs, type Job } from './index.ts'
import { scheduleOf } from './schedule.ts'

let database: TestDatabase
before(async () => {
  database = await testDatabase()
  await installJobs(database.pool)
})
after(() => database.close())

const nightly = (cron: string, work: () => void = () => {}): Job => ({
  name: 'garden.sweep',
  payload: Type.Object({}, { additionalProperties: false }),
  cron,
  timeLimit: 1000,
  work: async () => work(),
})

test('scheduled jobs run by UTC, and jobs without a schedule only when enqueued (PLT-9)', () => {
  const { cron: _, ...plain } = nightly('* * * * *')
  const schedule = scheduleOf([nightly('30 3 * * 1'), plain])
  assert.equal(schedule.length, 1)
  const monday = { min: 30, hour: 3, date: 23, month: 11, dow: 1 }
  assert.equal(schedule[0]?.match(monday), true)
  assert.equal(schedule[0]?.match({ ...monday, dow: 2 }), false)
  assert.equal(schedule[0]?.match({ ...monday, hour: 6 }), false)
})

test('an invalid schedule stops the start (PLT-9)', async () => {
  const start = runJobs({ pool: database.pool, jobs: [nightly('every night')], concurrency: 1, log: quietLog })
  await assert.rejects(start, /every night/)
})

test('a nightly job that was missed while the machine was off runs once at the next start (PLT-9)', async () => {
  await sql`
    insert into graphile_worker._private_known_crontabs (identifier, known_since, last_execution)
    values ('garden.sweep', now() - interval '9 days', now() - interval '26 hours')`.execute(database.db)
  let done = 0
  const missed = new Date(Date.now() - 5 * 3_600_000)
  const job = nightly(`${missed.getUTCMinutes()} ${missed.getUTCHours()} * * *`, () => void done++)
  let marked = 0
  const marker: Job = { ...nightly('', () => void marked++), name: 'garden.mark' }
  delete (marker as { cron?: string }).cron
  const start = () => runJobs({ pool: database.pool, jobs: [job, marker], concurrency: 2, log: quietLog })
  const first = await start()
  try {
    await eventually(() => assert.equal(done, 1))
  } finally {
    await first.stop()
  }
  const second = await start()
  try {
    // A job that was enqueued after the second start is done, so the runner has also had its schedule.
    await transaction(database.db, (tx) => enqueue(tx, marker, { payload: {} }))
    await eventually(() => assert.equal(marked, 1))
    assert.equal(done, 1)
  } finally {
    await second.stop()
  }
})
