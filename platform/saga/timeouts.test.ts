import assert from 'node:assert/strict'
import { after, afterEach, before, test } from 'node:test'
import { sql } from 'kysely'
import { transaction } from '#platform/db'
import { eventually, testDatabase, type TestDatabase } from '#platform/testing'
import { minutes, newId, seconds } from '#platform/values'
import {
  go,
  handleTimeouts,
  refuseUnshippedVersions,
  Saga,
  sagaChecks,
  watchTimeouts,
  type SagaDefinition,
} from './index.ts'

const brew: SagaDefinition<'steeping' | 'poured', 'steeped', 'pour'> = {
  type: 'test.brew',
  version: 1,
  table: { steeping: { steeped: go('poured', 'pour'), timeout: go('poured', 'pour') }, poured: {} },
  commands: [],
  waiting: { steeping: { within: minutes(1), resends: 0 }, poured: 'completed' },
}

let database: TestDatabase
let moment = new Date('2026-11-21T09:00:00Z')
/** The reaction of the aggregate of an instance; instances without one succeed. */
const reactions = new Map<string, () => Promise<void>>()
const saga = new Saga<'steeping' | 'poured', 'steeped', 'pour', string>(
  [brew],
  async (_tx, key) => async () => await reactions.get(key)?.(),
  () => moment,
)
before(async () => {
  database = await testDatabase({ parts: [] })
})
afterEach(async () => {
  reactions.clear()
  await sql`delete from platform.saga`.execute(database.db)
})
after(() => database.close())

async function startBrew(): Promise<string> {
  const key = newId()
  await transaction(database.db, (tx) => saga.start(tx, key, { state: 'steeping', commands: [] }))
  return key
}
async function startMany(count: number): Promise<string[]> {
  const keys = await Promise.all(Array.from({ length: count }, startBrew))
  moment = new Date(moment.getTime() + 1000)
  return keys
}
const pass = (milliseconds: number) => void (moment = new Date(moment.getTime() + milliseconds))
const countIn = async (state: string) =>
  (
    await sql<{ count: number }>`
      select count(*)::int as count from platform.saga where state = ${state}`.execute(database.db)
  ).rows[0]?.count

/** Scans as one process does; the returned function counts the failures of its last scan. */
function watcher() {
  const failures: Parameters<typeof handleTimeouts>[0]['failures'] = new Map()
  return async () => {
    let failed = 0
    const handled = await handleTimeouts({
      ...database,
      sagas: [saga],
      now: () => moment,
      failures,
      onError: () => failed++,
    })
    return { handled, failed }
  }
}

test('a hundred failing sagas delay no other timeout, and are tried again after growing pauses (F-11)', async () => {
  const failing = await startMany(150)
  await startMany(130)
  let broken = true
  for (const key of failing)
    reactions.set(key, async () => {
      if (broken) throw new Error('no cup')
    })
  const scan = watcher()
  pass(minutes(1))
  assert.deepEqual(await scan(), { handled: 130, failed: 150 })
  assert.equal(await countIn('poured'), 130)
  assert.deepEqual(await scan(), { handled: 0, failed: 0 }, 'no pause has passed')
  for (const pause of [seconds(2), seconds(4), seconds(8)]) {
    pass(pause - 1)
    assert.deepEqual(await scan(), { handled: 0, failed: 0 })
    pass(1)
    assert.deepEqual(await scan(), { handled: 0, failed: 150 })
  }
  broken = false
  pass(seconds(60))
  assert.deepEqual(await scan(), { handled: 150, failed: 0 })
  assert.equal(await countIn('steeping'), 0)
})

test('a saga whose step never returns does not stop the stop, and another process takes its step (F-4)', async () => {
  const key = await startBrew()
  let hung = 0
  reactions.set(key, () => {
    hung++
    return new Promise(() => {})
  })
  pass(minutes(1))
  const watching = watchTimeouts({
    ...database,
    sagas: [saga],
    now: () => moment,
    interval: 10,
    onError: assert.ifError,
  })
  await eventually(() => assert.equal(hung, 1))
  await watching.stop()
  reactions.clear()
  assert.deepEqual(await watcher()(), { handled: 1, failed: 0 })
})

test('a scan that is stopped during a step handles nothing and reports no error (F-4)', async () => {
  const stopping = new AbortController()
  for (const key of await startMany(2)) reactions.set(key, () => (stopping.abort(), new Promise(() => {})))
  pass(minutes(1))
  const scan = { ...database, sagas: [saga], now: () => moment, onError: assert.ifError, signal: stopping.signal }
  assert.equal(await handleTimeouts(scan), 0)
  assert.equal(await countIn('steeping'), 2)
})

test('a saga that waits a minute too long, or waits for an operator, breaks an invariant (ORD-5)', async () => {
  const violationsOf = async (name: string) => {
    const found = await sagaChecks(database.db)
      .find((check) => check.name === name)
      ?.violations()
    return (found as { key: string }[]).map(({ key }) => key)
  }
  const [late = '', early = '', stuck = '', ended = ''] = await startMany(4)
  const timeOut = (key: string, status: string, ago: number) =>
    sql`
      update platform.saga set status = ${status}, timeout_at = now() - ${ago} * interval '1 second'
      where key = ${key}`.execute(database.db)
  await timeOut(late, 'running', 61)
  await timeOut(early, 'running', 5)
  await timeOut(stuck, 'needs_operator', 61)
  await timeOut(ended, 'completed', 61)
  assert.deepEqual(await violationsOf('saga.none-overdue'), [late])
  assert.deepEqual(await violationsOf('saga.none-needs-operator'), [stuck])
})

/** Parks a dead message of `key`. */
const parkDead = (key: string) =>
  sql`
    insert into platform.parked (consumer_group, event_id, position, day, partition_key, type, state)
    values ('payments', ${newId()}, 1, now(), ${key}, 'ordering.payment-requested.v1', 'dead')`.execute(database.db)

test('a dead message of a running saga breaks an invariant, others do not (F-1)', async () => {
  const check = sagaChecks(database.db).find(({ name }) => name === 'saga.no-dead-message')
  const [running = '', stuck = '', ended = ''] = await startMany(3)
  await sql`update platform.saga set status = 'needs_operator' where key = ${stuck}`.execute(database.db)
  await transaction(database.db, (tx) => saga.advance(tx, ended, { trigger: 'steeped' }))
  for (const key of [running, stuck, ended, newId(), 'a pot of tea']) await parkDead(key)
  const found = (await check?.violations()) as { key: string }[]
  assert.deepEqual(found.map(({ key }) => key).toSorted(), [running, stuck].toSorted())
})

test('a late event on an ended saga of a version that is shipped no more changes nothing (F-9)', async () => {
  const facts: unknown[] = []
  const shipped = new Saga<'steeping' | 'poured', 'steeped', 'pour', string>(
    [{ ...brew, version: 2 }],
    async () =>
      async ({ effects, facts: given }) =>
        void facts.push(effects, given),
    () => moment,
  )
  const [ended = '', running = ''] = await startMany(2)
  await transaction(database.db, (tx) => saga.advance(tx, ended, { trigger: 'steeped' }))
  const late = (key: string) =>
    transaction(database.db, (tx) => shipped.advance(tx, key, { trigger: 'steeped', facts: 'late' }))
  assert.equal(await late(ended), false)
  assert.deepEqual(facts, [[], 'late'])
  assert.equal(await countIn('poured'), 1)
  await assert.rejects(late(running), /start a release that ships it/)
})

test('a release does not start while a saga that has not ended needs an older version of it (F-9)', async () => {
  const release = (type: string, ...versions: number[]) => [{ type, versions, onTimeout: async () => false }]
  const [ended = '', unfinished = ''] = await startMany(2)
  await transaction(database.db, (tx) => saga.advance(tx, ended, { trigger: 'steeped' }))
  for (const status of ['running', 'needs_operator']) {
    await sql`update platform.saga set status = ${status} where key = ${unfinished}`.execute(database.db)
    await refuseUnshippedVersions(database.db, release('test.brew', 2, 1))
    await refuseUnshippedVersions(database.db, release('test.roast', 2))
    await assert.rejects(
      refuseUnshippedVersions(database.db, release('test.brew', 2)),
      /test\.brew has instances of version 1, which this program does not ship/,
    )
  }
  await transaction(database.db, (tx) => saga.advance(tx, unfinished, { trigger: 'steeped' }))
  await refuseUnshippedVersions(database.db, release('test.brew', 2))
})
