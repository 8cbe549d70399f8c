import assert from 'node:assert/strict'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { test } from 'node:test'
import { sql } from 'kysely'
import { transaction } from '#platform/db'
import { commutative, keyLocal, publish, subscribe, type Subscription } from '#platform/events'
import { eventually } from '#platform/testing'
import { minutes, newId } from '#platform/values'
import { happened, insertEffect, noticed, publishThings, upTo } from '../fixtures/things.ts'
import { useThings } from '../fixtures/use-things.ts'

const shop = useThings()

const start = (subscriptions: readonly Subscription[]) =>
  shop.consume(subscriptions, { settings: { firstBackoff: 20 } })
const things = upTo(40).map((n) => ({ key: `k${n % 20}`, n }))
const allEffects = Object.fromEntries(
  Map.groupBy(things, ({ key }) => key)
    .entries()
    .map(([key, of]) => [key, of.map(({ n }) => n)]),
)

/** Prepares every event with `tenfold`, and checks that its handler receives its own result. */
const preparing = (tenfold: (n: number) => Promise<number>): Subscription =>
  keyLocal(
    subscribe(happened, {
      prepare: ({ payload: { n } }) => tenfold(n),
      handle: async (tx, event, prepared) => {
        assert.equal(prepared, event.payload.n * 10)
        await insertEffect(tx, 'one', event)
      },
    }),
  )

const transactions = async () => {
  const { rows } = await sql<{ count: number }>`
    select count(distinct xmin::text)::int as count from things.effect`.execute(shop.db)
  return rows[0]?.count ?? 0
}

test('events that are prepared one by one are handled together, each with its own result (PLT-2, PERF-2)', async () => {
  await publishThings(shop.db, things)
  start([preparing(async (n) => n * 10)])
  await eventually(async () => assert.deepEqual(await shop.handled(), allEffects))
  assert.ok((await transactions()) < things.length, `${await transactions()} transactions`)
})

test('prepare runs for several keys at once and for one event per key, and each effect happens once (PLT-2)', async () => {
  const release = Promise.withResolvers<void>()
  let running = 0
  let most = 0
  start([
    preparing(async (n) => {
      most = Math.max(most, ++running)
      await release.promise
      running--
      return n * 10
    }),
  ])
  await publishThings(
    shop.db,
    upTo(24).map((n) => ({ key: `k${n % 12}`, n })),
  )
  await eventually(() => assert.equal(running, 12))
  release.resolve()
  await eventually(async () => assert.equal(Object.values(await shop.handled()).flat().length, 24))
  assert.equal(most, 12)
})

test('while one provider answer is late, the events of other keys are handled (R10)', async () => {
  const late = Promise.withResolvers<void>()
  start([
    preparing(async (n) => {
      if (n === 1) await late.promise
      return n * 10
    }),
  ])
  await publishThings(shop.db, things)
  const { k1, ...others } = allEffects
  await eventually(async () => assert.deepEqual(await shop.handled(), others))
  late.resolve()
  await eventually(async () => assert.deepEqual((await shop.handled())['k1'], k1))
})

test('when prepare fails, it runs again for its own event only; the other results are not lost (PLT-2)', async () => {
  const calls: number[] = []
  start([
    preparing(async (n) => {
      calls.push(n)
      await nextTurn()
      if (n === 7 && calls.filter((each) => each === 7).length < 3) throw new Error('no answer')
      return n * 10
    }),
  ])
  await publishThings(shop.db, things)
  await eventually(async () => assert.deepEqual(await shop.handled(), allEffects))
  const counts = new Map(upTo(40).map((n) => [n, calls.filter((each) => each === n).length]))
  assert.equal(counts.get(7), 3)
  assert.ok(
    [...counts].every(([n, count]) => count === 1 || n === 7),
    JSON.stringify([...counts]),
  )
})

/** Handlers that wait for `release`, and the number of transactions in which they wait. */
function heldHandlers() {
  const release = Promise.withResolvers<void>()
  const open = new Map<string, number>()
  let most = 0
  const subscription = subscribe(happened, async (tx, event) => {
    const { rows } = await sql<{ id: string }>`select pg_current_xact_id()::text as id`.execute(tx)
    const id = rows[0]?.id ?? ''
    open.set(id, (open.get(id) ?? 0) + 1)
    most = Math.max(most, open.size)
    await release.promise
    await insertEffect(tx, 'one', event)
    if (open.get(id) === 1) open.delete(id)
    else open.set(id, (open.get(id) ?? 0) - 1)
  })
  return { subscription, release: () => release.resolve(), open: () => open.size, most: () => most }
}

for (const [marked, mark, expected] of [
  ['stay within their keys', keyLocal, 2],
  ['commute', commutative, 1],
  ['have no mark', (subscription: Subscription) => subscription, 1],
] as const) {
  test(`handlers that ${marked} work in ${expected} batch${expected === 1 ? '' : 'es'} at once (PERF-2)`, async () => {
    const handlers = heldHandlers()
    const groups = [{ name: 'one', subscriptions: [mark(handlers.subscription)] }]
    // With a concurrency of 1 no single event overtakes the held batches.
    const settings = { batchSize: 20, concurrency: 1 }
    shop.consumeGroups(groups, { settings })
    for (const round of upTo(4)) {
      await publishThings(
        shop.db,
        upTo(20).map((n) => ({ key: `k${n}-${round}`, n })),
      )
      await eventually(() => assert.equal(shop.consumer?.measures()[0]?.outstanding, round * 20))
      await eventually(() => assert.equal(handlers.open(), Math.min(round, expected)))
    }
    handlers.release()
    await eventually(async () => assert.equal(Object.values(await shop.handled()).flat().length, 80))
    assert.equal(handlers.most(), expected)
  })
}

test('a handler without a mark runs alone in a group with two batches, and then both go on (PERF-2)', async () => {
  const handlers = heldHandlers()
  const alone = Promise.withResolvers<void>()
  let others = -1
  const exclusive = subscribe(noticed, async () => {
    others = handlers.open()
    await alone.promise
  })
  const groups = [{ name: 'one', subscriptions: [keyLocal(handlers.subscription), exclusive] }]
  shop.consumeGroups(groups, { settings: { batchSize: 20, concurrency: 1 } })
  const publishMany = (round: number) =>
    publishThings(
      shop.db,
      upTo(20).map((n) => ({ key: `k${n}-${round}`, n })),
    )
  await publishMany(1)
  await publishMany(2)
  await eventually(() => assert.equal(handlers.open(), 2))
  await transaction(shop.db, (tx) => publish(tx, [noticed({ key: 'n', n: 1 })]))
  await publishMany(3)
  await eventually(() => assert.equal(shop.consumer?.measures()[0]?.outstanding, 61))
  assert.equal(others, -1, 'it waits for the batches')
  handlers.release()
  await eventually(() => assert.equal(others, 0))
  const handledNow = async () => Object.values(await shop.handled()).flat().length
  assert.equal(await handledNow(), 40, 'no batch starts beside it')
  alone.resolve()
  await eventually(async () => assert.equal(await handledNow(), 60))
})

test('an event that runs alone waits for the earlier events of its key (PLT-1)', async () => {
  const seen: string[] = []
  const record = (name: string) => async (_tx: unknown, event: { payload: { n: number } }) =>
    void seen.push(`${name} ${event.payload.n}`)
  shop.consume([keyLocal(subscribe(happened, record('happened'))), subscribe(noticed, record('noticed'))])
  await transaction(shop.db, (tx) =>
    publish(tx, [
      happened({ key: 'k', n: 1 }),
      noticed({ key: 'k', n: 2 }),
      happened({ key: 'k', n: 3 }),
      noticed({ key: 'k', n: 4 }),
    ]),
  )
  await eventually(() => assert.deepEqual(seen, ['happened 1', 'noticed 2', 'happened 3', 'noticed 4']))
})

/** Records the ids of the events that it prepares. */
function recording() {
  const prepared: string[] = []
  const subscription = keyLocal(
    subscribe(happened, {
      prepare: async ({ event_id }) => void prepared.push(event_id),
      handle: (tx, event) => insertEffect(tx, 'one', event),
    }),
  )
  return { prepared, subscription }
}

/** Publishes thing `n` under an id that is as old as the command of a saga that got no answer for a minute. */
async function publishOldCommand(n: number) {
  const event_id = `${(Date.now() - minutes(1)).toString(16).padStart(12, '0')}${newId().replaceAll('-', '').slice(12)}`
  const publishAgain = () => transaction(shop.db, (tx) => publish(tx, [happened({ key: 'k', n }, event_id)]))
  await publishAgain()
  return publishAgain
}

test('an event that a saga publishes again under its id is not prepared a second time (PLT-2)', async () => {
  const { prepared, subscription } = recording()
  start([subscription])
  const publishAgain = await publishOldCommand(1)
  await eventually(async () => assert.deepEqual(await shop.handled(), { k: [1] }))
  await publishAgain()
  await eventually(() => assert.equal(shop.consumer?.measures()[0]?.duplicates, 1))
  assert.deepEqual([prepared.length, await shop.handled()], [1, { k: [1] }])
})

test('a new leader that reads handled events again prepares only the others (PLT-2)', async () => {
  const { prepared, subscription } = recording()
  start([subscription])
  await publishThings(shop.db, [{ key: 'k', n: 1 }])
  await eventually(async () => assert.deepEqual(await shop.handled(), { k: [1] }))
  await shop.consumer?.stop()
  await sql`update platform.consumer set snapshot = '1:1:', open_window = null, position = 0`.execute(shop.db)
  await publishThings(shop.db, [{ key: 'k', n: 2 }])
  start([subscription])
  await eventually(async () => assert.deepEqual(await shop.handled(), { k: [1, 2] }))
  assert.equal(prepared.length, 2)
})
