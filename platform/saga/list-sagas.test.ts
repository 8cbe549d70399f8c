import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { isRefusal, windowOf } from '#platform/outcome'
import { testDatabase, type TestDatabase } from '#platform/testing'
import { newId } from '#platform/values'
import { listSagas, showSaga } from './index.ts'

let database: TestDatabase
before(async () => {
  database = await testDatabase({ parts: [] })
})
after(() => database.close())

type Stored = Readonly<{ type?: string; state?: string; status?: string; entries?: number }>

/** Stores an instance with a history of numbered triggers. Returns its key. */
async function store({ type = 'test.tea', state = 'steeping', status = 'running', entries = 0 }: Stored) {
  const key = newId()
  await sql`
    insert into platform.saga (type, key, definition_version, state, commands, correlation_id, status)
    values (${type}, ${key}, 1, ${state}, '[]', ${newId()}, ${status})`.execute(database.db)
  await sql`
    insert into platform.saga_step (type, key, version, trigger, effects)
    select ${type}, ${key}, 1, 'resend ' || number, '{}' from generate_series(1, ${entries}::int) as number
    order by number`.execute(database.db)
  return key
}

const keysOf = async (filter: Omit<Parameters<typeof listSagas>[1], 'window'>) =>
  (await listSagas(database.db, { ...filter, window: windowOf({}) })).items.map(({ key }) => key)

async function historyOf(type: string, key: string) {
  const saga = await showSaga(database.db, { type, key })
  if (isRefusal(saga)) throw new Error(`There is no saga ${key}`)
  return saga.history.map(({ trigger }) => trigger)
}

test('sagas are found by type, state and status; those that have ended only by their status (PLT-6)', async () => {
  const [tea, pouring, coffee] = [
    await store({}),
    await store({ state: 'pouring' }),
    await store({ type: 'test.coffee' }),
  ]
  const stuck = await store({ status: 'needs_operator' })
  const served = await store({ state: 'served', status: 'completed' })
  assert.deepEqual(await keysOf({}), [coffee, tea, pouring, stuck])
  assert.deepEqual(await keysOf({ type: 'test.tea' }), [tea, pouring, stuck])
  assert.deepEqual(await keysOf({ state: 'steeping' }), [coffee, tea, stuck])
  assert.deepEqual(await keysOf({ type: 'test.tea', state: 'pouring' }), [pouring])
  assert.deepEqual(await keysOf({ status: 'needs_operator' }), [stuck])
  assert.deepEqual(await keysOf({ status: 'completed' }), [served])
})

test('the history of a saga is its own, oldest first; of a long one the newest 500 entries are shown (PLT-6)', async () => {
  const [short, long] = [await store({ entries: 3 }), await store({ entries: 520 })]
  assert.deepEqual(await historyOf('test.tea', short), ['resend 1', 'resend 2', 'resend 3'])
  const shown = await historyOf('test.tea', long)
  assert.deepEqual([shown.length, shown.at(0), shown.at(-1)], [500, 'resend 21', 'resend 520'])
})
