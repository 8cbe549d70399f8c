import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { transaction } from '#platform/db'
import { go, handleTimeouts, Saga, type SagaDefinition } from '#platform/saga'
import { crowd, testDatabase, type TestDatabase } from '#platform/testing'
import { minutes, newId } from '#platform/values'

type State = 'steeping' | 'drunk' | 'thrown-away'

const tea: SagaDefinition<State, 'poured' | 'spilt', 'serve'> = {
  type: 'test.race',
  version: 1,
  table: {
    steeping: { poured: go('drunk', 'serve'), spilt: go('thrown-away'), timeout: go('thrown-away') },
    drunk: {},
    'thrown-away': {},
  },
  commands: [],
  waiting: { steeping: { within: minutes(1), resends: 0 }, drunk: 'completed', 'thrown-away': 'compensated' },
}

let database: TestDatabase
let moment = new Date('2026-11-21T09:00:00Z')
let served = 0
const saga = new Saga<State, 'poured' | 'spilt', 'serve', undefined>(
  [tea],
  async () =>
    async ({ effects }) => {
      served += effects.length
    },
  () => moment,
)
before(async () => {
  database = await testDatabase({ parts: [], size: 20 })
})
after(() => database.close())

async function startSaga(): Promise<string> {
  const key = newId()
  await transaction(database.db, (tx) => saga.start(tx, key, { state: 'steeping', commands: [] }))
  return key
}

/** How often the saga has left its first state. */
const departures = async (key: string) =>
  (
    await sql<{ count: number }>`
      select count(*) from platform.saga_step where key = ${key} and from_state = 'steeping' and to_state is not null
    `.execute(database.db)
  ).rows[0]?.count

test('of twenty triggers at once, one advances the saga (ORD-2)', async () => {
  for (let round = 0; round < 5; round++) {
    const key = await startSaga()
    served = 0
    const outcomes = await crowd(20, (n) =>
      transaction(database.db, (tx) => saga.advance(tx, key, { trigger: n % 2 === 0 ? 'poured' : 'spilt' })),
    )
    const advanced = outcomes.filter((outcome) => outcome.status === 'fulfilled' && outcome.value)
    assert.deepEqual([advanced.length, await departures(key)], [1, 1])
    assert.ok(served <= 1, `served ${served} times`)
  }
})

test('of one trigger and ten timeouts at once, one advances the saga (ORD-5)', async () => {
  for (let round = 0; round < 5; round++) {
    const key = await startSaga()
    moment = new Date(moment.getTime() + minutes(2))
    const timeouts = Array.from({ length: 10 }, () =>
      handleTimeouts({ db: database.db, sagas: [saga], now: () => moment, onError: assert.ifError }),
    )
    await Promise.all([...timeouts, transaction(database.db, (tx) => saga.advance(tx, key, { trigger: 'poured' }))])
    assert.equal(await departures(key), 1)
  }
})
