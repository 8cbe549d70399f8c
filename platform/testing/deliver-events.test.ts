import { after, before, test } from 'node:test'
import assert from 'node:assert/strict'
import { Type } from 'typebox'
import { sql } from 'kysely'
import { transaction } from '#platform/db'
import { defineEvent, subscribe, publish } from '#platform/events'
import { currentContext, withContext, type TraceContext } from '#platform/telemetry'
import { newId } from '#platform/values'
import { deliverEvents, testDatabase, type TestDatabase } from './index.ts'

const payload = Type.Object({ tea_id: Type.String(), grams: Type.Integer() })
const teaPicked = defineEvent('garden.tea-picked.v1', { payload, key: 'tea_id', description: 'Leaves were picked.' })
const teaDried = defineEvent('barn.tea-dried.v1', {
  payload,
  key: 'tea_id',
  description: 'Leaves are dry.',
  alias: 'dried',
})

let database: TestDatabase
before(async () => {
  database = await testDatabase({ parts: [] })
  await database.pool.query('create table handled (module text, tea_id text, grams int)')
})
after(() => database.close())

const pick = (tea_id: string, grams: number) =>
  transaction(database.db, (tx) => publish(tx, [teaPicked({ tea_id, grams })]))
const handled = async (tea_id: string) =>
  (
    await database.pool.query<{ entry: string }>(
      `select module || ' ' || grams as entry from handled where tea_id = $1`,
      [tea_id],
    )
  ).rows.map((row) => row.entry)
const insertHandled = (module: string, tea_id: string, grams: number) =>
  sql`insert into handled values (${module}, ${tea_id}, ${grams})`

const barn = {
  name: 'barn',
  subscriptions: [
    subscribe(teaPicked, {
      prepare: async ({ payload: { grams } }) => grams / 4,
      handle: async (tx, { payload: { tea_id } }, dry) => {
        await insertHandled('barn', tea_id, dry).execute(tx)
        await publish(tx, [teaDried({ tea_id, grams: dry })])
      },
    }),
  ],
}
const contexts: { traceContext: TraceContext; cause: string; alias: string | undefined }[] = []
const shop = {
  name: 'shop',
  subscriptions: [
    subscribe(teaDried, async (tx, { event_id, metadata, payload: { tea_id, grams } }) => {
      contexts.push({ traceContext: currentContext(), cause: event_id, alias: metadata.alias })
      await insertHandled('shop', tea_id, grams).execute(tx)
    }),
  ],
}

test('an event that a handler publishes is delivered too, once, with its cause and its trace context', async () => {
  const correlation_id = newId()
  await withContext({ correlation_id }, () => pick('oolong', 400))
  await deliverEvents(database.db, [shop, barn])
  await deliverEvents(database.db, [shop, barn])
  assert.deepEqual(await handled('oolong'), ['barn 100', 'shop 100'])
  const [{ traceContext, cause, alias } = assert.fail()] = contexts
  assert.deepEqual([traceContext.correlation_id, traceContext.causation_id, alias], [correlation_id, cause, 'dried'])
})

test('a handler that throws fails the test, writes nothing, and runs again at the next delivery', async () => {
  await pick('sencha', 40)
  let broken = true
  const roof = {
    name: 'roof',
    subscriptions: [
      subscribe(teaPicked, async (tx, { payload: { tea_id, grams } }) => {
        await insertHandled('roof', tea_id, grams).execute(tx)
        if (broken && tea_id === 'sencha') throw new Error('the roof leaks')
      }),
    ],
  }
  await assert.rejects(deliverEvents(database.db, [roof]), /the roof leaks/)
  assert.deepEqual(await handled('sencha'), [])
  await pick('sencha', 80)
  await pick('puer', 10)
  const failures = await deliverEvents(database.db, [roof], { collect: true })
  assert.deepEqual([failures.length, await handled('sencha'), await handled('puer')], [1, [], ['roof 10']])
  broken = false
  await deliverEvents(database.db, [roof])
  assert.deepEqual(await handled('sencha'), ['roof 40', 'roof 80'])
})
