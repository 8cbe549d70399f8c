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
  await database.pool.query('create table heard (who text, tea_id text, grams int)')
})
after(() => database.close())

const pick = (tea_id: string, grams: number) =>
  transaction(database.db, (tx) => publish(tx, [teaPicked({ tea_id, grams })]))
const heard = async (tea_id: string) =>
  (
    await database.pool.query<{ heard: string }>(`select who || ' ' || grams as heard from heard where tea_id = $1`, [
      tea_id,
    ])
  ).rows.map((row) => row.heard)
const write = (who: string, tea_id: string, grams: number) =>
  sql`insert into heard values (${who}, ${tea_id}, ${grams})`

const barn = {
  name: 'barn',
  subscriptions: [
    subscribe(
      teaPicked,
      async ({ payload: { grams } }) => grams / 4,
      async (tx, { payload: { tea_id } }, dry) => {
        await write('barn', tea_id, dry).execute(tx)
        await publish(tx, [teaDried({ tea_id, grams: dry })])
      },
    ),
  ],
}
const contexts: { traceContext: TraceContext; cause: string; alias: string | undefined }[] = []
const shop = {
  name: 'shop',
  subscriptions: [
    subscribe(teaDried, async (tx, { event_id, metadata, payload: { tea_id, grams } }) => {
      contexts.push({ traceContext: currentContext(), cause: event_id, alias: metadata.alias })
      await write('shop', tea_id, grams).execute(tx)
    }),
  ],
}

test('what is told while hearing is heard as well, each event once, with its cause and its trail', async () => {
  const correlation_id = newId()
  await withContext({ correlation_id }, () => pick('oolong', 400))
  await deliverEvents(database.db, [shop, barn])
  await deliverEvents(database.db, [shop, barn])
  assert.deepEqual(await heard('oolong'), ['barn 100', 'shop 100'])
  const [{ traceContext, cause, alias } = assert.fail()] = contexts
  assert.deepEqual([traceContext.correlation_id, traceContext.causation_id, alias], [correlation_id, cause, 'dried'])
})

test('a hearer that throws fails the test, keeps nothing, and is asked again the next time', async () => {
  await pick('sencha', 40)
  let broken = true
  const roof = {
    name: 'roof',
    subscriptions: [
      subscribe(teaPicked, async (tx, { payload: { tea_id, grams } }) => {
        await write('roof', tea_id, grams).execute(tx)
        if (broken && tea_id === 'sencha') throw new Error('it rains in')
      }),
    ],
  }
  await assert.rejects(deliverEvents(database.db, [roof]), /it rains in/)
  assert.deepEqual(await heard('sencha'), [])
  await pick('sencha', 80)
  await pick('puer', 10)
  const faults = await deliverEvents(database.db, [roof], { collect: true })
  assert.deepEqual([faults.length, await heard('sencha'), await heard('puer')], [1, [], ['roof 10']])
  broken = false
  await deliverEvents(database.db, [roof])
  assert.deepEqual(await heard('sencha'), ['roof 40', 'roof 80'])
})
