import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'kysely'
import { transaction } from '#platform/db'
import {
  deadMessages,
  outboxStatus,
  publish,
  retryMessage,
  skipMessage,
  subscribe,
  type LogSettings,
  type Subscription,
} from '#platform/events'
import { Unavailable } from '#platform/outcome'
import { crowd, eventually } from '#platform/testing'
import { hours, newId } from '#platform/values'
import { happened, insertEffect, insertEffects, publishThings, upTo } from '../fixtures/things.ts'
import { useThings } from '../fixtures/use-things.ts'

const things = useThings()
let moment = Date.now()

const quick: Partial<LogSettings> = { firstBackoff: 20, maxBackoff: 40, maxOutageBackoff: 60, maxAttempts: 2 }
const start = (subscriptions: readonly Subscription[], settings: Partial<LogSettings> = quick) =>
  things.consume(subscriptions, { settings, now: () => new Date(moment) })
const deaths = async () => (await deadMessages(things.db)).total

/** A bank that is away until `opens`, and a handler that calls it for keys with `bank`; cash needs no bank. */
function bank() {
  let away = true
  const calls = new Map<string, number>()
  const subscription = subscribe(happened, {
    prepare: async ({ payload: { key } }) => {
      if (!key.startsWith('bank')) return
      calls.set(key, (calls.get(key) ?? 0) + 1)
      if (away) throw new Unavailable('the bank')
    },
    handle: (tx, event) => insertEffect(tx, 'one', event),
  })
  return { subscription, calls, opens: () => (away = false) }
}

test('while the bank is away no message dies and cash orders go on; then every order is paid in order (F-1, PLT-4)', async () => {
  const { subscription, calls, opens } = bank()
  start([subscription])
  const keys = upTo(30).map((n) => `${n % 3 ? 'bank' : 'cash'}${n}`)
  await publishThings(
    things.db,
    keys.flatMap((key) => [
      { key, n: 1 },
      { key, n: 2 },
    ]),
  )
  await eventually(() => {
    assert.equal(calls.size, 20)
    for (const [key, count] of calls) assert.ok(count >= 4, `${key}: ${count} calls`)
  })
  const cash = keys.filter((key) => key.startsWith('cash'))
  assert.deepEqual(await things.handled(), Object.fromEntries(cash.map((key) => [key, [1, 2]])))
  const [status] = await outboxStatus(things.db)
  assert.deepEqual([status?.retrying, status?.behind, status?.dead], [20, 20, 0])
  opens()
  await eventually(async () =>
    assert.deepEqual(await things.handled(), Object.fromEntries(keys.map((key) => [key, [1, 2]]))),
  )
})

test('an unavailable bank is called once per attempt (F-1)', async () => {
  const { subscription, calls } = bank()
  start([subscription], { ...quick, firstBackoff: 60_000, maxOutageBackoff: 60_000 })
  await publishThings(things.db, [{ key: 'bank1', n: 1 }])
  await eventually(() => assert.equal(things.consumer?.measures()[0]?.parked, 1))
  assert.equal(calls.get('bank1'), 1)
})

test('a message whose dependency is away for 24 hours is dead (F-1)', async () => {
  const { subscription, calls } = bank()
  start([subscription])
  await publishThings(things.db, [{ key: 'bank1', n: 1 }])
  await eventually(() => assert.ok((calls.get('bank1') ?? 0) > 3))
  moment += hours(24) - 20_000
  const before = calls.get('bank1') ?? 0
  await eventually(() => assert.ok((calls.get('bank1') ?? 0) > before + 2))
  assert.equal(await deaths(), 0)
  moment += 20_000
  await eventually(async () => assert.equal(await deaths(), 1))
  const [dead] = (await deadMessages(things.db)).items
  assert.deepEqual([dead?.error_code, dead?.error, dead?.attempts], ['Unavailable', 'the bank does not answer', 0])
})

test('a lock that stays taken for longer than every attempt kills no message (F-1, PLT-4)', async () => {
  let attempts = 0
  start([
    insertEffects('one', () => {
      if (++attempts < 9) throw Object.assign(new Error('lock timeout'), { code: '55P03' })
    }),
  ])
  await publishThings(things.db, [{ key: 'k', n: 1 }])
  await eventually(async () => assert.deepEqual(await things.handled(), { k: [1] }))
})

/** Lets the first message of the key `k` die, with two behind it. Returns how to publish it again, and how to mend. */
async function dieOnce() {
  let broken = true
  start([
    insertEffects('one', ({ payload: { n } }) => {
      if (broken && n === 1) throw new Error('a bug')
    }),
  ])
  const event_id = newId()
  const publishAgain = () => transaction(things.db, (tx) => publish(tx, [happened({ key: 'k', n: 1 }, event_id)]))
  await publishAgain()
  await publishThings(
    things.db,
    [2, 3].map((n) => ({ key: 'k', n })),
  )
  await eventually(async () => assert.equal(await deaths(), 1))
  await eventually(async () => assert.equal((await outboxStatus(things.db))[0]?.behind, 2))
  return { event_id, publishAgain, mend: () => (broken = false) }
}

/** The pause after the last attempt of a dead message is over. */
const passBackoff = () => sql`update platform.parked set next_at = now() where state = 'dead'`.execute(things.db)

test('a dead command that its saga publishes again has all its attempts again, and dies again (F-1)', async () => {
  const { event_id, publishAgain } = await dieOnce()
  const died = sql<{ count: number }>`
    select count(*)::int as count from platform.event where type = 'system.message-dead-lettered.v1'`
  assert.equal((await died.execute(things.db)).rows[0]?.count, 1)
  await publishAgain()
  await eventually(async () => assert.equal((await died.execute(things.db)).rows[0]?.count, 2))
  const [dead] = (await deadMessages(things.db)).items
  assert.deepEqual([dead?.event_id, dead?.attempts, dead?.held_up], [event_id, 2, 2])
})

test('a later message of its key gives a dead message one attempt, and so does each resend of that message (ORD-5)', async () => {
  const { event_id, mend } = await dieOnce()
  const later = newId()
  const publishLater = () => transaction(things.db, (tx) => publish(tx, [happened({ key: 'k', n: 4 }, later)]))
  const deathsPublished = async () => {
    const { rows } = await sql<{ count: number }>`
      select count(*)::int as count from platform.event where type = 'system.message-dead-lettered.v1'`.execute(
      things.db,
    )
    return rows[0]?.count
  }
  for (const expected of [2, 3]) {
    await passBackoff()
    await publishLater()
    await eventually(async () => assert.equal(await deathsPublished(), expected))
    const [dead] = (await deadMessages(things.db)).items
    assert.deepEqual([dead?.event_id, dead?.attempts, dead?.held_up], [event_id, 2, 3])
  }
  mend()
  await passBackoff()
  await publishLater()
  await eventually(async () => assert.deepEqual(await things.handled(), { k: [1, 2, 3, 4] }))
  assert.equal(await deaths(), 0)
})

test('a crowd of later messages gives a dead message one attempt, and none before its backoff has passed (ORD-5)', async () => {
  await dieOnce()
  await sql`update platform.parked set next_at = now() + interval '1 hour' where state = 'dead'`.execute(things.db)
  await crowd(20, (n) => publishThings(things.db, [{ key: 'k', n: n + 4 }]))
  await eventually(async () => assert.equal((await outboxStatus(things.db))[0]?.behind, 22))
  assert.equal(await deaths(), 1)
})

test('a later message revives no message that kills its process, and none whose event is gone (PLT-1)', async () => {
  for (const code of ['poison', 'gone']) {
    const { event_id } = await dieOnce()
    await sql`update platform.parked set error_code = ${code}, next_at = now() where state = 'dead'`.execute(things.db)
    await publishThings(things.db, [{ key: 'k', n: 4 }])
    await eventually(async () => assert.equal((await outboxStatus(things.db))[0]?.behind, 3))
    assert.equal((await deadMessages(things.db)).items[0]?.event_id, event_id)
    await skipMessage(things.db, { group: 'one', event_id, who: 'olga', reason: 'by hand' })
    await things.consumer?.stop()
    await sql`truncate platform.parked, platform.inbox, platform.event, things.effect`.execute(things.db)
  }
})

test('ten resends and an operator at once revive a dead command once, and its key keeps its order (F-1)', async () => {
  const { event_id, publishAgain, mend } = await dieOnce()
  mend()
  const retry = () => retryMessage(things.db, { group: 'one', event_id, who: 'olga' })
  const outcomes = await crowd(20, async (i) => void (await (i % 2 ? publishAgain() : retry())))
  assert.deepEqual(
    outcomes.filter(({ status }) => status === 'rejected'),
    [],
  )
  await eventually(async () => assert.deepEqual(await things.handled(), { k: [1, 2, 3] }))
  await eventually(() => assert.equal(things.consumer?.measures()[0]?.outstanding, 0))
  assert.deepEqual(await things.handled(), { k: [1, 2, 3] })
  assert.equal(await deaths(), 0)
})

test('a resend does not revive what an operator has skipped, also at the same moment (F-1, PLT-6)', async () => {
  const { event_id, publishAgain } = await dieOnce()
  const skip = () => skipMessage(things.db, { group: 'one', event_id, who: 'olga', reason: 'by hand' })
  await crowd(10, async (i) => void (await (i === 5 ? skip() : publishAgain())))
  await eventually(async () => assert.deepEqual(await things.handled(), { k: [2, 3] }))
  await publishAgain()
  await eventually(() => assert.equal(things.consumer?.measures()[0]?.outstanding, 0))
  assert.deepEqual(await things.handled(), { k: [2, 3] })
  assert.equal(await deaths(), 0)
})
