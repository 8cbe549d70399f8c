import assert from 'node:assert/strict'
import { after, afterEach, before, test } from 'node:test'
import { sql } from 'kysely'
import { transaction } from '#platform/db'
import { installJobs, runJobs, type JobRunner } from '#platform/jobs'
import { quietLog } from '#platform/telemetry'
import { eventually, testDatabase, type TestDatabase } from '#platform/testing'
import { MailRefused, openMailQueue, type Mail } from './index.ts'
import type { QueuedMail } from './mail.ts'

const mail: Mail = { to: 'anna@example.org', subject: 'Hello', text: 'Your code is 123456', html: '<p>123456</p>' }
const queue = openMailQueue({ secret: 'a secret of at least thirty-two letters' })

let database: TestDatabase
let runner: JobRunner | undefined
before(async () => {
  database = await testDatabase()
  await installJobs(database.pool)
})
afterEach(async () => {
  await runner?.stop()
  await sql`delete from graphile_worker._private_jobs`.execute(database.db)
})
after(() => database.close())

/** Starts the job over a transport that calls `answer` for each attempt. */
async function startSending(answer: (attempt: number) => void = () => {}) {
  const sent: QueuedMail[] = []
  const warnings: unknown[] = []
  const log = { warn: (...line: unknown[]) => void warnings.push(line) }
  const send = async (one: QueuedMail) => {
    sent.push(one)
    answer(sent.length)
  }
  const jobs = [queue.job({ transport: { send }, log })]
  runner = await runJobs({ pool: database.pool, jobs, concurrency: 2, log: quietLog })
  return { sent, warnings }
}

const enqueue = (options?: { key: string }, one = mail) =>
  transaction(database.db, (tx) => queue.send(tx, one, options))
type Row = { payload: unknown; attempts: number; last_error: string | null }
const waiting = async () =>
  (await sql<Row>`select payload, attempts, last_error from graphile_worker._private_jobs`.execute(database.db)).rows

test('a mail is sent after the commit of its transaction, and never after a rollback (ID-13)', async () => {
  const { sent } = await startSending()
  const failed = transaction(database.db, async (tx) => {
    await queue.send(tx, { ...mail, subject: 'Rolled back' })
    throw new Error('no')
  })
  await assert.rejects(failed)
  await enqueue()
  await eventually(async () => assert.deepEqual(await waiting(), []))
  assert.deepEqual(
    sent.map(({ id: _id, ...rest }) => rest),
    [mail],
  )
})

test('the queue in the database shows neither the address nor the code (ID-13, A26)', async () => {
  await enqueue()
  const text = JSON.stringify(await waiting())
  for (const part of ['anna', 'example', '123456', 'Hello']) assert.ok(!text.includes(part), part)
})

test('two mails under one key are one mail with the later content (ID-13)', async () => {
  await enqueue({ key: 'order-1' })
  await enqueue({ key: 'order-1' }, { ...mail, text: 'later' })
  await enqueue({ key: 'order-2' })
  const { sent } = await startSending()
  await eventually(async () => assert.deepEqual(await waiting(), []))
  assert.deepEqual(sent.map(({ text }) => text).toSorted(), ['Your code is 123456', 'later'])
})

test('a mail that the server did not take is tried again with the same id (ID-13)', async () => {
  const { sent } = await startSending((attempt) => {
    if (attempt === 1) throw new Error('The mail server did not take the mail: ECONNECTION')
  })
  await enqueue()
  await eventually(async () => assert.equal((await waiting())[0]?.attempts, 1))
  await sql`update graphile_worker._private_jobs set run_at = now()`.execute(database.db)
  await eventually(async () => assert.deepEqual(await waiting(), []))
  assert.equal(sent.length, 2)
  assert.equal(sent[0]?.id, sent[1]?.id)
})

test('a mailbox that does not exist ends with a line in the log that does not name it (ID-13, A26)', async () => {
  const { sent, warnings } = await startSending(() => {
    throw new MailRefused('The mail server refused the mail: EENVELOPE 550')
  })
  await enqueue()
  await eventually(() => assert.equal(warnings.length, 1))
  await eventually(async () => assert.deepEqual(await waiting(), []))
  assert.equal(sent.length, 1)
  assert.ok(!JSON.stringify(warnings).includes('anna'))
})

test('a mail that was queued under another secret says which setting is wrong (ID-13, SEC-4)', async () => {
  const earlier = openMailQueue({ secret: 'a secret that the shop has not any more' })
  await transaction(database.db, (tx) => earlier.send(tx, mail))
  const { sent } = await startSending()
  await eventually(async () =>
    assert.match((await waiting())[0]?.last_error ?? '', /another MAIL_SECRET.*set MAIL_SECRET/),
  )
  assert.deepEqual(sent, [])
  await sql`delete from graphile_worker._private_jobs`.execute(database.db)
})

test('a recipient with a line break is refused before it is queued (ID-13, A13)', async () => {
  await assert.rejects(enqueue(undefined, { ...mail, to: 'anna@example.org\nBcc: boris@example.org' }), TypeError)
  assert.deepEqual(await waiting(), [])
})

test('fifty mails are sent within seconds (ID-13)', async () => {
  for (let i = 0; i < 50; i++) await enqueue()
  const { sent } = await startSending()
  await eventually(() => assert.equal(sent.length, 50))
})
