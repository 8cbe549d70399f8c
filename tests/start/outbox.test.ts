import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { outboxStatus } from '#platform/events'
import { testDatabase, type TestDatabase } from '#platform/testing'
import { posad, temporaryDirectory } from './shop-process.ts'

let database: TestDatabase
before(async () => {
  database = await testDatabase()
  await sql`insert into platform.consumer (consumer_group) values ('herald'), ('ordering')`.execute(database.db)
  await sql`
    insert into platform.parked (consumer_group, event_id, position, day, partition_key, type, state)
    values ('herald', uuidv7(), 1, now(), 'k', 'ordering.order-created.v1', 'dead')
  `.execute(database.db)
})
after(() => database.close())

const directory = temporaryDirectory()
const run = (command: string) => posad(command, { DATABASE_URL: database.url, POSAD_DATA: directory })
const groups = async () => (await outboxStatus(database.db)).map(({ group }) => group)

/** Runs a command that fails, and returns the one line that it prints. */
function refusal(command: string, code = 1): string {
  const { status, stdout, stderr } = run(command)
  assert.deepEqual([status, stdout], [code, ''])
  assert.match(stderr, /^posad: [^\n]+\n$/)
  return stderr
}

test('a consumer group is removed only with --yes, and only when no module has it (PLT-6)', async () => {
  assert.match(
    refusal('outbox remove-group herald'),
    /herald has 0 unhandled events and 1 parked messages, .*: add --yes/,
  )
  assert.match(refusal('outbox remove-group ordering --yes'), /ordering is the group of a module of this version/)
  assert.match(refusal('outbox remove-group sales --yes', 2), /There is no group sales/)
  assert.deepEqual(await groups(), ['herald', 'ordering'])
  const { status, stdout } = run('outbox remove-group herald --yes')
  assert.deepEqual([status, stdout], [0, 'Removed the group herald and its 1 parked messages\n'])
  assert.deepEqual(await groups(), ['ordering'])
})

test('a type is removed from a group only with --yes, and only when this version does not handle it (F-2, PLT-6)', async () => {
  const type = 'delivery.parcel-weighed.v1'
  await sql`update platform.consumer set types = ${[type]} where consumer_group = 'ordering'`.execute(database.db)
  assert.match(refusal(`outbox remove-type ordering ${type}`), /would be lost for ordering: add --yes/)
  assert.match(
    refusal('outbox remove-type ordering payments.payment-started.v1 --yes'),
    /This version handles payments.payment-started.v1 in ordering/,
  )
  assert.match(
    refusal('outbox remove-type ordering nosuch --yes', 2),
    /no type nosuch: choose one of delivery\.parcel-weighed\.v1/,
  )
  const { status, stdout } = run(`outbox remove-type ordering ${type} --yes`)
  assert.deepEqual([status, stdout], [0, `ordering no longer handles ${type}; 0 parked messages skipped\n`])
  assert.match(refusal(`outbox remove-type ordering ${type} --yes`, 2), /ordering has no type delivery/)
})

test('after a restore every group reads the log from its start, unless a process handles events (PLT-23)', async () => {
  const leader = await database.pool.connect()
  try {
    await leader.query(`select pg_advisory_lock(hashtextextended('platform:ordering', 0))`)
    assert.match(refusal('outbox after-restore'), /A process handles events for ordering: stop it first/)
  } finally {
    leader.release(true)
  }
  await sql`update platform.consumer set position = 7`.execute(database.db)
  assert.equal(run('outbox after-restore').status, 0)
  const { rows } = await sql`select position from platform.consumer`.execute(database.db)
  assert.deepEqual(rows, [{ position: 0 }])
})
