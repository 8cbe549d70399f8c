import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { sql } from 'kysely'
import { concurrently, transaction, type AnyTx } from '#platform/db'
import { testDatabase, type TestDatabase } from '#platform/testing'
import { minutes, newId } from '#platform/values'
import { compensate, go, handleTimeouts, resume, Saga, SagaNotFound, type SagaDefinition } from './index.ts'

type State = 'steeping' | 'pouring' | 'cooling' | 'served' | 'spilled'
type Trigger = 'steeped' | 'poured' | 'cup-broken' | 'cup-replaced'
type Effect = 'request-cup' | 'serve'

const tea: SagaDefinition<State, Trigger, Effect> = {
  type: 'test.tea',
  version: 1,
  table: {
    steeping: { steeped: go('pouring', 'request-cup') },
    pouring: { poured: go('served', 'serve'), 'cup-broken': compensate('no cup', 'cooling') },
    cooling: { 'cup-replaced': resume('pouring', 'request-cup'), timeout: go('spilled') },
    served: {},
    spilled: {},
  },
  commands: ['request-cup'],
  waiting: {
    steeping: 'untimed',
    pouring: { within: minutes(1), resends: 2 },
    cooling: { within: minutes(1), resends: 0 },
    served: 'completed',
    spilled: 'compensated',
  },
}

type Applied = Readonly<{
  key: string
  effects: readonly Effect[]
  ids: readonly string[]
  reason: string | null
  facts: unknown
}>

let database: TestDatabase
let moment = new Date('2026-11-21T09:00:00Z')
const applied: Applied[] = []
const saga = new Saga<State, Trigger, Effect, string>(
  [tea],
  async (_tx, key) =>
    async ({ effects, idOf, reason, facts }) => {
      const ids = effects.filter((effect) => effect === 'request-cup').map(idOf)
      applied.push({ key, effects, ids, reason, facts })
    },
  () => moment,
)
before(async () => {
  database = await testDatabase({ parts: [] })
})
beforeEach(() => applied.splice(0))
after(() => database.close())

async function startTea(): Promise<string> {
  const key = newId()
  await transaction(database.db, (tx) => saga.start(tx, key, { state: 'steeping', commands: [] }))
  return key
}
const advance = (key: string, trigger: Trigger, facts?: string) =>
  transaction(database.db, (tx) => saga.advance(tx, key, { trigger, ...(facts !== undefined && { facts }) }))
const rowOf = async (key: string) =>
  (
    await sql<{ state: State; status: string; reason: string | null; version: number }>`
    select state, status, reason, version from platform.saga where key = ${key}`.execute(database.db)
  ).rows[0]
const stepsOf = async (key: string) =>
  (
    await sql<{ step: string }>`
    select concat_ws(' ', from_state, trigger, to_state) as step from platform.saga_step where key = ${key} order by id
  `.execute(database.db)
  ).rows.map(({ step }) => step)
const handleDue = () => handleTimeouts({ db: database.db, sagas: [saga], now: () => moment, onError: assert.ifError })

test('a step changes the state, applies its effects and is recorded (ORD-5)', async () => {
  const key = await startTea()
  assert.equal(await advance(key, 'steeped', 'strong'), true)
  assert.equal(await advance(key, 'poured'), true)
  assert.deepEqual(await rowOf(key), { state: 'served', status: 'completed', reason: null, version: 3 })
  assert.deepEqual(
    applied.map(({ effects, facts }) => [effects, facts]),
    [
      [['request-cup'], 'strong'],
      [['serve'], undefined],
    ],
  )
  assert.deepEqual(await stepsOf(key), ['start steeping', 'steeping steeped pouring', 'pouring poured served'])
})

test('a trigger without a row changes no state, is recorded, and its facts are applied', async () => {
  const key = await startTea()
  assert.equal(await advance(key, 'poured', 'too early'), false)
  assert.deepEqual([(await rowOf(key))?.state, (await rowOf(key))?.version], ['steeping', 1])
  assert.deepEqual(
    applied.map(({ effects, facts }) => [effects, facts]),
    [[[], 'too early']],
  )
  assert.deepEqual(await stepsOf(key), ['start steeping', 'steeping poured'])
})

test('facts about an earlier state of the aggregate change nothing, nor does their trigger (ORD-7)', async () => {
  const outdated = new Saga<State, Trigger, Effect, string>(
    [tea],
    async (_tx, key) =>
      Object.assign(
        async ({ effects }: { effects: readonly Effect[] }) => {
          applied.push({ key, effects, ids: [], reason: null, facts: undefined })
        },
        { isOutdated: (facts: string) => facts === 'of the last pot' },
      ),
    () => moment,
  )
  const key = await startTea()
  const steeped = (facts: string) =>
    transaction(database.db, (tx) => outdated.advance(tx, key, { trigger: 'steeped', facts }))
  assert.equal(await steeped('of the last pot'), false)
  assert.deepEqual([(await rowOf(key))?.state, applied.length], ['steeping', 0])
  assert.deepEqual(await stepsOf(key), ['start steeping', 'steeping steeped'])
  assert.equal(await steeped('of this pot'), true)
  assert.deepEqual([(await rowOf(key))?.state, applied.length], ['pouring', 1])
})

test('the reason of a compensation stays until the saga goes forward again', async () => {
  const key = await startTea()
  await advance(key, 'steeped')
  await advance(key, 'cup-broken')
  assert.equal((await rowOf(key))?.reason, 'no cup')
  await advance(key, 'cup-replaced')
  assert.equal((await rowOf(key))?.reason, null)
})

test('instances that step in one transaction keep their own states, commands and logs (PERF-2)', async () => {
  const keys = await Promise.all(Array.from({ length: 8 }, startTea))
  const brew = (key: string, i: number) => async (tx: AnyTx) => {
    await saga.advance(tx, key, { trigger: 'steeped', facts: `cup ${i}` })
    await saga.advance(tx, key, { trigger: i % 2 ? 'cup-broken' : 'poured' })
  }
  await transaction(database.db, (tx) => concurrently(tx, keys.map(brew)))
  for (const [i, key] of keys.entries()) {
    const last = i % 2 ? 'cooling' : 'served'
    assert.deepEqual([(await rowOf(key))?.state, (await rowOf(key))?.version], [last, 3])
    assert.deepEqual(await stepsOf(key), [
      'start steeping',
      'steeping steeped pouring',
      `pouring ${i % 2 ? 'cup-broken' : 'poured'} ${last}`,
    ])
    assert.equal(applied.find((each) => each.key === key)?.facts, `cup ${i}`)
  }
  const ids = applied.flatMap((each) => each.ids)
  assert.equal(new Set(ids).size, keys.length)
})

test('a trigger for a missing instance fails', async () => {
  await assert.rejects(advance(newId(), 'steeped'), SagaNotFound)
  await assert.rejects(
    transaction(database.db, (tx) => saga.applyFacts(tx, newId(), 'too early')),
    SagaNotFound,
  )
  assert.equal(await transaction(database.db, (tx) => saga.lock(tx, newId())), false)
})

test('an unanswered command is published again with the same id, then the saga needs an operator (ORD-5)', async () => {
  const key = await startTea()
  await advance(key, 'steeped')
  for (let minute = 0; minute < 4; minute++) {
    moment = new Date(moment.getTime() + minutes(1))
    await handleDue()
  }
  const requests = applied.filter((each) => each.key === key)
  assert.equal(requests.length, 3, 'once, and two resends')
  assert.equal(new Set(requests.flatMap(({ ids }) => ids)).size, 1)
  assert.equal((await rowOf(key))?.status, 'needs_operator')
  assert.deepEqual((await stepsOf(key)).slice(2), ['pouring resend', 'pouring resend', 'pouring needs-operator'])
  assert.equal(await advance(key, 'poured'), true, 'a late answer still advances it')
})

test('an operator resends the commands of a stuck saga alone, and it is watched as at first (ORD-7, ORD-5)', async () => {
  const [key, other] = [await startTea(), await startTea()]
  for (const one of [key, other]) await advance(one, 'steeped')
  const resend = (one: string) => transaction(database.db, (tx) => saga.resend(tx, one, 'by hand'))
  const isStuck = (one: string) => transaction(database.db, (tx) => saga.lockStuck(tx, one))
  assert.deepEqual([await isStuck(key), await resend(key), await isStuck(newId())], [false, false, false])
  for (const times of [3, 3]) {
    for (let minute = 0; minute < times; minute++) {
      moment = new Date(moment.getTime() + minutes(1))
      await handleDue()
    }
    assert.deepEqual([await isStuck(key), await isStuck(other), await resend(key)], [true, true, true])
    assert.equal((await rowOf(key))?.status, 'running')
  }
  const requests = applied.filter((each) => each.key === key)
  assert.deepEqual(
    requests.map(({ facts }) => facts),
    [undefined, undefined, undefined, 'by hand', undefined, undefined, 'by hand'],
  )
  assert.equal(new Set(requests.flatMap(({ ids }) => ids)).size, 1)
  assert.deepEqual((await stepsOf(key)).slice(2, 6), [
    'pouring resend',
    'pouring resend',
    'pouring needs-operator',
    'pouring operator-resend',
  ])
  assert.equal((await stepsOf(other)).at(-1), 'pouring needs-operator')
  assert.equal(await advance(key, 'poured'), true)
})

test('a timeout is the wait for the answer to a command and to its resends; not every state has one (ORD-5)', () => {
  assert.equal(saga.timeLimitOf('pouring'), minutes(3))
  assert.equal(saga.timeLimitOf('cooling'), minutes(1))
  assert.throws(() => saga.timeLimitOf('steeping'), /steeping of test\.tea has no timeout/)
  assert.throws(() => saga.timeLimitOf('served'), /no timeout/)
})

test('ten concurrent watchers publish an unanswered command again once (ORD-5)', async () => {
  const key = await startTea()
  await advance(key, 'steeped')
  moment = new Date(moment.getTime() + minutes(1))
  const handled = await Promise.all(Array.from({ length: 10 }, handleDue))
  assert.deepEqual(
    handled.filter((count) => count > 0),
    [1],
  )
  assert.deepEqual((await stepsOf(key)).slice(2), ['pouring resend'])
})

test('a step and a timeout of one saga change no other saga, not even of the same order (ORD-5)', async () => {
  const [key, other] = [await startTea(), await startTea()]
  const coffee = new Saga<State, Trigger, Effect, string>(
    [{ ...tea, type: 'test.coffee' }],
    async () => async () => {},
    () => moment,
  )
  await transaction(database.db, (tx) => coffee.start(tx, key, { state: 'steeping', commands: [] }))
  const others = async () =>
    (
      await sql`
        select * from platform.saga where key = ${other} or (key = ${key} and type = 'test.coffee')
        order by type`.execute(database.db)
    ).rows
  const before = await others()
  await advance(key, 'steeped')
  for (let minute = 0; minute < 3; minute++) {
    moment = new Date(moment.getTime() + minutes(1))
    await handleDue()
  }
  await advance(key, 'cup-broken')
  assert.equal(before.length, 2)
  assert.deepEqual(await others(), before)
})

test('a saga waits for no other saga (ORD-5)', async () => {
  const [busy, free] = [await startTea(), await startTea()]
  await transaction(database.db, async (tx) => {
    assert.equal(await saga.lock(tx, busy), true)
    assert.equal(await advance(free, 'steeped'), true)
  })
})

test('a watcher leaves a saga alone that took a step after it was found overdue (ORD-5)', async () => {
  const key = await startTea()
  const onTimeout = () => transaction(database.db, (tx) => saga.onTimeout(tx, key))
  assert.equal(await onTimeout(), false, 'the state has no timeout')
  await advance(key, 'steeped')
  assert.equal(await onTimeout(), false, 'the minute has not passed')
  await advance(key, 'poured')
  assert.equal(await onTimeout(), false, 'the saga has ended')
  assert.equal((await stepsOf(key)).length, 3)
})

test('ten copies of an event at once take its step once (ORD-5)', async () => {
  const key = await startTea()
  const taken = await Promise.all(Array.from({ length: 10 }, () => advance(key, 'steeped')))
  assert.equal(taken.filter(Boolean).length, 1)
  assert.deepEqual((await rowOf(key))?.version, 2)
  assert.equal(applied.filter((each) => each.key === key).length, 1)
})

test('a timeout in the table is a step, and ten concurrent watchers take it once (ORD-5)', async () => {
  const key = await startTea()
  await advance(key, 'steeped')
  await advance(key, 'cup-broken')
  moment = new Date(moment.getTime() + minutes(1))
  await Promise.all(Array.from({ length: 10 }, handleDue))
  assert.deepEqual(await rowOf(key), { state: 'spilled', status: 'compensated', reason: 'no cup', version: 4 })
})
