import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { sql } from 'kysely'
import { concurrently, transaction, type AnyTx } from '#platform/db'
import { testDatabase, type TestDatabase } from '#platform/testing'
import { minutes, newId } from '#platform/values'
import { go, handleTimeouts, resume, Saga, compensate, SagaNotFound, type SagaDefinition } from './index.ts'

type State = 'steeping' | 'pouring' | 'cooling' | 'drunk' | 'spilt'
type Trigger = 'steeped' | 'poured' | 'broken' | 'mended'
type Effect = 'ask-cup' | 'serve'

const tea: SagaDefinition<State, Trigger, Effect> = {
  type: 'test.tea',
  version: 1,
  table: {
    steeping: { steeped: go('pouring', 'ask-cup') },
    pouring: { poured: go('drunk', 'serve'), broken: compensate('no cup', 'cooling') },
    cooling: { mended: resume('pouring', 'ask-cup'), timeout: go('spilt') },
    drunk: {},
    spilt: {},
  },
  commands: ['ask-cup'],
  waiting: {
    steeping: 'untimed',
    pouring: { within: minutes(1), resends: 2 },
    cooling: { within: minutes(1), resends: 0 },
    drunk: 'completed',
    spilt: 'compensated',
  },
}

type Performed = Readonly<{
  key: string
  effects: readonly Effect[]
  ids: readonly string[]
  reason: string | null
  facts: unknown
}>

let database: TestDatabase
let moment = new Date('2026-11-21T09:00:00Z')
const applied: Performed[] = []
const saga = new Saga<State, Trigger, Effect, string>(
  [tea],
  async (_tx, key) =>
    async ({ effects, idOf, reason, facts }) => {
      const ids = effects.filter((effect) => effect === 'ask-cup').map(idOf)
      applied.push({ key, effects, ids, reason, facts })
    },
  () => moment,
)
before(async () => {
  database = await testDatabase({ parts: [] })
})
beforeEach(() => applied.splice(0))
after(() => database.close())

async function begun(): Promise<string> {
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
const look = () => handleTimeouts({ db: database.db, sagas: [saga], now: () => moment, onError: assert.ifError })

test('a step moves the instance, performs its effects and is written down (ORD-5)', async () => {
  const key = await begun()
  assert.equal(await advance(key, 'steeped', 'strong'), true)
  assert.equal(await advance(key, 'poured'), true)
  assert.deepEqual(await rowOf(key), { state: 'drunk', status: 'completed', reason: null, version: 3 })
  assert.deepEqual(
    applied.map(({ effects, facts }) => [effects, facts]),
    [
      [['ask-cup'], 'strong'],
      [['serve'], undefined],
    ],
  )
  assert.deepEqual(await stepsOf(key), ['start steeping', 'steeping steeped pouring', 'pouring poured drunk'])
})

test('what is not in the table moves nothing, is written down, and its facts are performed all the same', async () => {
  const key = await begun()
  assert.equal(await advance(key, 'poured', 'too early'), false)
  assert.deepEqual([(await rowOf(key))?.state, (await rowOf(key))?.version], ['steeping', 1])
  assert.deepEqual(
    applied.map(({ effects, facts }) => [effects, facts]),
    [[[], 'too early']],
  )
  assert.deepEqual(await stepsOf(key), ['start steeping', 'steeping poured'])
})

test('a reason to undo stays until the saga goes forward again', async () => {
  const key = await begun()
  await advance(key, 'steeped')
  await advance(key, 'broken')
  assert.equal((await rowOf(key))?.reason, 'no cup')
  await advance(key, 'mended')
  assert.equal((await rowOf(key))?.reason, null)
})

test('instances that step in one transaction keep each their own state, commands and log (PERF-2)', async () => {
  const keys = await Promise.all(Array.from({ length: 8 }, begun))
  const stroll = (key: string, i: number) => async (tx: AnyTx) => {
    await saga.advance(tx, key, { trigger: 'steeped', facts: `cup ${i}` })
    await saga.advance(tx, key, { trigger: i % 2 ? 'broken' : 'poured' })
  }
  await transaction(database.db, (tx) => concurrently(tx, keys.map(stroll)))
  for (const [i, key] of keys.entries()) {
    const end = i % 2 ? 'cooling' : 'drunk'
    assert.deepEqual([(await rowOf(key))?.state, (await rowOf(key))?.version], [end, 3])
    assert.deepEqual(await stepsOf(key), [
      'start steeping',
      'steeping steeped pouring',
      `pouring ${i % 2 ? 'broken' : 'poured'} ${end}`,
    ])
    assert.equal(applied.find((each) => each.key === key)?.facts, `cup ${i}`)
  }
  const ids = applied.flatMap((each) => each.ids)
  assert.equal(new Set(ids).size, keys.length)
})

test('an instance nobody began fails whoever speaks of it', async () => {
  await assert.rejects(advance(newId(), 'steeped'), SagaNotFound)
  await assert.rejects(
    transaction(database.db, (tx) => saga.note(tx, newId(), 'news')),
    SagaNotFound,
  )
  assert.equal(await transaction(database.db, (tx) => saga.lock(tx, newId())), false)
})

test('a command without an answer is told again with the same id, then the operator is called (ORD-5)', async () => {
  const key = await begun()
  await advance(key, 'steeped')
  for (let minute = 0; minute < 4; minute++) {
    moment = new Date(moment.getTime() + minutes(1))
    await look()
  }
  const asked = applied.filter((each) => each.key === key)
  assert.equal(asked.length, 3, 'once, and two resends')
  assert.equal(new Set(asked.flatMap(({ ids }) => ids)).size, 1)
  assert.equal((await rowOf(key))?.status, 'needs_operator')
  assert.deepEqual((await stepsOf(key)).slice(2), ['pouring resend', 'pouring resend', 'pouring operator-called'])
  assert.equal(await advance(key, 'poured'), true, 'an answer takes it on all the same')
})

test('a deadline that the table knows is a step; ten looks at once take it once (ORD-5)', async () => {
  const key = await begun()
  await advance(key, 'steeped')
  await advance(key, 'broken')
  moment = new Date(moment.getTime() + minutes(1))
  await Promise.all(Array.from({ length: 10 }, look))
  assert.deepEqual(await rowOf(key), { state: 'spilt', status: 'compensated', reason: 'no cup', version: 4 })
})
