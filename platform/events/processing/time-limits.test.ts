import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'kysely'
import { transaction } from '#platform/db'
import { deadMessages, subscribe, type ConsumerGroup, type LogSettings, type Subscription } from '#platform/events'
import { eventually } from '#platform/testing'
import { happened, insertEffect, insertEffects, publishThings, upTo } from '../fixtures/things.ts'
import { useThings } from '../fixtures/use-things.ts'

const things = useThings()

const quick: Partial<LogSettings> = { firstBackoff: 20, maxBackoff: 40, maxOutageBackoff: 40 }
const startGroups = (groups: readonly ConsumerGroup[], settings: Partial<LogSettings>) =>
  things.consumeGroups(groups, { settings: { ...quick, ...settings } })
const start = (subscription: Subscription, settings: Partial<LogSettings>) =>
  startGroups([{ name: 'one', subscriptions: [subscription] }], settings)
const never = () => new Promise<never>(() => {})

const hanging = upTo(20).map((n) => ({ key: `hangs${n}`, n }))
const working = upTo(20).map((n) => ({ key: `works${n}`, n }))
const effectsOfWorking = Object.fromEntries(working.map(({ key, n }) => [key, [n]]))
const effectsOfAll = Object.fromEntries([...hanging, ...working].map(({ key, n }) => [key, [n]]))

/** A call of another system that hangs for the keys with `hangs` until `answer` is called, and counts its aborted signals. */
function hangingCall() {
  let hangs = true
  let aborted = 0
  let waiting = 0
  const subscription = subscribe(happened, {
    prepare: async ({ payload: { key } }, signal) => {
      if (!hangs || !key.startsWith('hangs')) return
      waiting++
      signal.addEventListener('abort', () => aborted++)
      await never()
    },
    handle: (tx, event) => insertEffect(tx, 'one', event),
  })
  return { subscription, answer: () => (hangs = false), aborted: () => aborted, waiting: () => waiting }
}

test('outside calls that never answer end with their time limit, and hold up their own orders only (F-4)', async () => {
  const { subscription, answer, aborted } = hangingCall()
  start(subscription, { prepareTimeLimit: 200, maxAttempts: 1 })
  await publishThings(things.db, [...hanging, ...working])
  await eventually(async () => assert.deepEqual(await things.handled(), effectsOfWorking))
  await eventually(() => assert.ok(aborted() >= 2 * hanging.length, `${aborted()} calls aborted`))
  assert.equal((await deadMessages(things.db)).total, 0, 'a system that does not answer kills no message')
  answer()
  await eventually(async () => assert.deepEqual(await things.handled(), effectsOfAll))
})

test('handlers that never return are rolled back, and give back their connections (F-4)', async () => {
  let hangs = true
  const subscription = insertEffects('one', async ({ payload: { key } }) => {
    if (hangs && key.startsWith('hangs')) await never()
  })
  start(subscription, { handlerTimeLimit: 200, connections: 2, maxAttempts: 1000 })
  await publishThings(things.db, [...hanging, ...working])
  await eventually(async () => assert.deepEqual(await things.handled(), effectsOfWorking), { within: 15_000 })
  hangs = false
  await eventually(async () => assert.deepEqual(await things.handled(), effectsOfAll), { within: 15_000 })
  await eventually(() => assert.equal(things.pool.totalCount, things.pool.idleCount))
})

test('a handler that writes after its time limit stores nothing (F-4)', async () => {
  const late = Promise.withResolvers<void>()
  const outcomes: string[] = []
  const subscription = subscribe(happened, async (tx, event) => {
    if (event.payload.key === 'late' && outcomes.length === 0) {
      await late.promise
      await insertEffect(tx, 'one', event).then(
        () => outcomes.push('written'),
        (error: unknown) => outcomes.push(String(error)),
      )
      return
    }
    await insertEffect(tx, 'one', event)
  })
  start(subscription, { handlerTimeLimit: 100, maxAttempts: 1 })
  await publishThings(things.db, [{ key: 'late', n: 1 }])
  await eventually(async () => assert.equal((await deadMessages(things.db)).total, 1))
  late.resolve()
  await eventually(() => assert.match(outcomes[0] ?? '', /already rolled back|sent after its transaction ended/))
  assert.deepEqual(await things.handled(), {})
})

test('a retry that hangs stops neither the retries of its group nor those of another group (F-4)', async () => {
  let failing = true
  let hung = 0
  const failFirst = (group: string) =>
    subscribe(happened, {
      prepare: async ({ payload: { key } }) => {
        if (failing) throw new Error('not yet')
        if (group === 'one' && key.startsWith('hangs')) {
          hung++
          await never()
        }
      },
      handle: (tx, event) => insertEffect(tx, group, event),
    })
  const groups = ['one', 'two'].map((name) => ({ name, subscriptions: [failFirst(name)] }))
  startGroups(groups, { maxAttempts: 1000, prepareTimeLimit: 60_000, shutdownTimeout: 200 })
  await publishThings(things.db, [...hanging, ...working])
  await eventually(() => {
    const parked = things.consumer?.measures().map((measures) => measures.parked)
    assert.deepEqual(parked, [40, 40])
  })
  failing = false
  await eventually(async () => assert.deepEqual(await things.handled('two'), effectsOfAll))
  await eventually(async () => assert.deepEqual(await things.handled('one'), effectsOfWorking))
  assert.equal(hung, hanging.length)
})

for (const [what, subscriptionOf] of [
  ['outside calls', (hang: () => Promise<void>) => preparing(hang)],
  ['handlers', (hang: () => Promise<void>) => insertEffects('one', hang)],
] as const) {
  for (const when of ['the first time', 'in a retry']) {
    test(`${what} that hang ${when} do not stop the stop, and their events are handled after it (F-4)`, async () => {
      let state: 'fails' | 'hangs' | 'works' = when === 'in a retry' ? 'fails' : 'hangs'
      let hung = 0
      const subscription = subscriptionOf(async () => {
        if (state === 'fails') throw new Error('not yet')
        if (state === 'works') return
        hung++
        await never()
      })
      const settings = { maxAttempts: 1000, prepareTimeLimit: 60_000, handlerTimeLimit: 60_000, shutdownTimeout: 300 }
      start(subscription, settings)
      await publishThings(things.db, working)
      if (state === 'fails')
        await eventually(() => assert.equal(things.consumer?.measures()[0]?.parked, working.length))
      state = 'hangs'
      await eventually(() => assert.ok(hung > 0))
      const stopped = performance.now()
      await things.consumer?.stop()
      assert.ok(performance.now() - stopped < 3000, `${performance.now() - stopped} ms`)
      await eventually(() => assert.equal(things.pool.totalCount, things.pool.idleCount))
      state = 'works'
      start(subscription, {})
      await eventually(async () => assert.deepEqual(await things.handled(), effectsOfWorking))
    })
  }
}

test('a table of the log that stays locked does not stop the stop, and the group is led again after it (F-4)', async () => {
  const subscription = insertEffects('one')
  start(subscription, {})
  await publishThings(things.db, [{ key: 'k', n: 1 }])
  await eventually(async () => assert.deepEqual(await things.handled(), { k: [1] }))
  const held = Promise.withResolvers<void>()
  const locked = Promise.withResolvers<void>()
  const locking = transaction(things.db, async (tx) => {
    await sql`lock table platform.consumer in access exclusive mode`.execute(tx)
    locked.resolve()
    await held.promise
  })
  await locked.promise
  const stopped = performance.now()
  await things.consumer?.stop()
  const took = performance.now() - stopped
  held.resolve()
  await locking
  assert.ok(took < 8000, `${took} ms`)
  start(subscription, {})
  await publishThings(things.db, [{ key: 'k', n: 2 }])
  await eventually(async () => assert.deepEqual(await things.handled(), { k: [1, 2] }), { within: 15_000 })
})

function preparing(prepare: () => Promise<void>): Subscription {
  return subscribe(happened, { prepare, handle: (tx, event) => insertEffect(tx, 'one', event) })
}
