import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { testDatabase, type TestDatabase } from '#platform/testing'
import { newId } from '#platform/values'
import { sagaJobs } from './index.ts'

let database: TestDatabase
before(async () => {
  database = await testDatabase({ parts: [] })
})
after(() => database.close())

type Life = Readonly<{ status: string; begun: number; ended: number; steps: number }>

/** A saga that began and made its last step days ago. */
async function live({ status, begun, ended, steps }: Life): Promise<string> {
  const key = newId()
  await sql`
    insert into platform.saga (type, key, def_version, state, commands, status, started_at, last_progress_at)
    values ('walk', ${key}, 1, 'somewhere', '[]', ${status}, now() - ${begun} * interval '1 day',
            now() - ${ended} * interval '1 day')
  `.execute(database.db)
  await sql`
    insert into platform.saga_step (type, key, version, trigger, effects, at)
    select 'walk', ${key}, n, 'went', '{}', now() - (${begun} + (${ended}::float8 - ${begun}) * n / ${steps}) * interval '1 day'
    from generate_series(1, ${steps}) n
  `.execute(database.db)
  return key
}

async function stepsOf(key: string): Promise<number> {
  const { rows } = await sql<{ count: number }>`select count(*) from platform.saga_step where key = ${key}`.execute(
    database.db,
  )
  return Number(rows[0]?.count)
}

test('the steps of sagas that ended three months ago are forgotten, their ends and all others stay (PLT-1)', async () => {
  const delivered = await live({ status: 'completed', begun: 120, ended: 100, steps: 4500 })
  const waiting = await live({ status: 'running', begun: 119, ended: 110, steps: 3 })
  const stuck = await live({ status: 'needs_operator', begun: 118, ended: 110, steps: 3 })
  const cancelled = await live({ status: 'compensated', begun: 117, ended: 91, steps: 3 })
  const long = await live({ status: 'completed', begun: 116, ended: 89, steps: 3 })
  const young = await live({ status: 'completed', begun: 20, ended: 10, steps: 2100 })
  const [job] = sagaJobs(database)
  await job?.work({}, AbortSignal.abort())
  assert.equal(await stepsOf(delivered), 4500, 'a program that stops does not begin')
  await job?.work({}, AbortSignal.timeout(10_000))

  const left = [delivered, cancelled, waiting, stuck, long, young].map(stepsOf)
  assert.deepEqual(await Promise.all(left), [0, 0, 3, 3, 3, 2100])
  const { rows } = await sql<{ count: number }>`select count(*) from platform.saga`.execute(database.db)
  assert.equal(Number(rows[0]?.count), 6)
})
