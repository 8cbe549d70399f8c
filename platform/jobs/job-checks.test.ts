import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { Type } from 'typebox'
import { transaction } from '#platform/db'
import { quietLog } from '#platform/telemetry'
import { eventually, testDatabase, type TestDatabase } from '#platform/testing'
import { seconds } from '#platform/values'
import { enqueue, installJobs, jobChecks, runJobs, type Job } from './index.ts'

let database: TestDatabase
before(async () => {
  database = await testDatabase()
})
after(() => database.close())

const deadJobs = async () => {
  const [check] = jobChecks(database.db)
  return (await check?.violations()) as readonly Readonly<{ job: string; error: string }>[]
}

test('a database whose jobs never ran has no dead job (PLT-22)', async () => {
  assert.deepEqual(await deadJobs(), [])
})

test('posad check finds an e-mail that was given up, and not one that waits for its next attempt (PLT-22, ID-13)', async () => {
  await installJobs(database.pool)
  const attempted = new Set<string>()
  const job = (name: string): Job => ({
    name,
    payload: Type.Object({}),
    timeLimit: seconds(20),
    work: async () => {
      attempted.add(name)
      throw new Error('the mail server refuses every connection')
    },
  })
  const [given, waiting] = [job('mail.send-mail'), job('mail.send-another')]
  await transaction(database.db, async (tx) => {
    await enqueue(tx, given, { payload: {}, attempts: 1 })
    await enqueue(tx, waiting, { payload: {}, attempts: 15 })
  })
  const runner = await runJobs({ pool: database.pool, jobs: [given, waiting], concurrency: 2, log: quietLog })
  await eventually(async () => {
    assert.deepEqual([...attempted].toSorted(), ['mail.send-another', 'mail.send-mail'])
    const found = await deadJobs()
    assert.deepEqual(
      found.map((each) => each.job),
      ['mail.send-mail'],
    )
    assert.match(found[0]?.error ?? '', /mail server refuses/)
  })
  await runner.stop()
  // The operator lets the mail server answer again, and gives the job new attempts.
  await sql`select graphile_worker.reschedule_jobs(array(select id from graphile_worker.jobs), attempts => 0)`.execute(
    database.db,
  )
  assert.deepEqual(await deadJobs(), [])
})
