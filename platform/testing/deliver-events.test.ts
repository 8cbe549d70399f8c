import { after, before, test } from 'node:test'
import assert from 'node:assert/strict'
import { Type } from 'typebox'
import { sql } from 'kysely'
import { transaction } from '#platform/db'
import { defineEvent, hear, tell } from '#platform/events'
import { currentTrail, onTrail, type Trail } from '#platform/telemetry'
import { newId } from '#platform/words'
import { deliverEvents, testDatabase, type TestDatabase } from './index.ts'

const payload = Type.Object({ tea_id: Type.String(), grams: Type.Integer() })
const teaPicked = defineEvent('garden.tea-picked.v1', { payload, key: 'tea_id', describes: 'Leaves were picked.' })
const teaDried = defineEvent('barn.tea-dried.v1', {
  payload,
  key: 'tea_id',
  describes: 'Leaves are dry.',
  alias: 'dried',
})

let house: TestDatabase
before(async () => {
  house = await testDatabase({ parts: [] })
  await house.pool.query('create table heard (who text, tea_id text, grams int)')
})
after(() => house.close())

const pick = (tea_id: string, grams: number) => transaction(house.db, (tx) => tell(tx, [teaPicked({ tea_id, grams })]))
const heard = async (tea_id: string) =>
  (
    await house.pool.query<{ heard: string }>(`select who || ' ' || grams as heard from heard where tea_id = $1`, [
      tea_id,
    ])
  ).rows.map((row) => row.heard)
const write = (who: string, tea_id: string, grams: number) =>
  sql`insert into heard values (${who}, ${tea_id}, ${grams})`

const barn = {
  name: 'barn',
  hears: [
    hear(
      teaPicked,
      async ({ payload: { grams } }) => grams / 4,
      async (tx, { payload: { tea_id } }, dry) => {
        await write('barn', tea_id, dry).execute(tx)
        await tell(tx, [teaDried({ tea_id, grams: dry })])
      },
    ),
  ],
}
const trails: { trail: Trail; cause: string; alias: string | undefined }[] = []
const shop = {
  name: 'shop',
  hears: [
    hear(teaDried, async (tx, { event_id, metadata, payload: { tea_id, grams } }) => {
      trails.push({ trail: currentTrail(), cause: event_id, alias: metadata.alias })
      await write('shop', tea_id, grams).execute(tx)
    }),
  ],
}

test('what is told while hearing is heard as well, each event once, with its cause and its trail', async () => {
  const correlation_id = newId()
  await onTrail({ correlation_id }, () => pick('oolong', 400))
  await deliverEvents(house.db, [shop, barn])
  await deliverEvents(house.db, [shop, barn])
  assert.deepEqual(await heard('oolong'), ['barn 100', 'shop 100'])
  const [{ trail, cause, alias } = assert.fail()] = trails
  assert.deepEqual([trail.correlation_id, trail.causation_id, alias], [correlation_id, cause, 'dried'])
})

test('a hearer that throws fails the test, keeps nothing, and is asked again the next time', async () => {
  await pick('sencha', 40)
  let broken = true
  const roof = {
    name: 'roof',
    hears: [
      hear(teaPicked, async (tx, { payload: { tea_id, grams } }) => {
        await write('roof', tea_id, grams).execute(tx)
        if (broken && tea_id === 'sencha') throw new Error('it rains in')
      }),
    ],
  }
  await assert.rejects(deliverEvents(house.db, [roof]), /it rains in/)
  assert.deepEqual(await heard('sencha'), [])
  await pick('sencha', 80)
  await pick('puer', 10)
  const faults = await deliverEvents(house.db, [roof], { collect: true })
  assert.deepEqual([faults.length, await heard('sencha'), await heard('puer')], [1, [], ['roof 10']])
  broken = false
  await deliverEvents(house.db, [roof])
  assert.deepEqual(await heard('sencha'), ['roof 40', 'roof 80'])
})
