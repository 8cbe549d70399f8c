import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { runJob, testDatabase, type TestDatabase } from '#platform/testing'
import { newId } from '#platform/values'
import { sagaJobs } from './index.ts'

let database: TestDatabase
before(async () => {
  database = await testDatabase({ parts: [] })
})
after(() => database.close())

type Past = Readonly<{ status: string; started: number; ended: number; steps: number }>

/** Inserts a saga that started and made its last step so many days ago. */
async function insertSaga({ status, started, ended, steps }: Past): Promise<string> {
  const key = newId()
  await sql`
    insert into platform.saga (type, key, definition_version, state, commands, status, correlation_id, started_at, last_progress_at)
    values ('brew', ${key}, 1, 'steeping', '[]', ${status}, ${newId()}, now() - ${started} * interval '1 day',
            now() - ${ended} * interval '1 day')
  `.execute(database.db)
  await sql`
    insert into platform.saga_step (type, key, version, trigger, effects, at)
    select 'brew', ${key}, n, 'steeped', '{}', now() - (${started} + (${ended}::float8 - ${started}) * n / ${steps}) * interval '1 day'
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

test('the steps of sagas that ended three months ago are deleted; their last states and all other steps stay (PLT-1)', async () => {
  const delivered = await insertSaga({ status: 'completed', started: 120, ended: 100, steps: 4500 })
  const waiting = await insertSaga({ status: 'running', started: 119, ended: 110, steps: 3 })
  const unanswered = await insertSaga({ status: 'needs_operator', started: 118, ended: 110, steps: 3 })
  const cancelled = await insertSaga({ status: 'compensated', started: 117, ended: 91, steps: 3 })
  const long = await insertSaga({ status: 'completed', started: 116, ended: 89, steps: 3 })
  const young = await insertSaga({ status: 'completed', started: 20, ended: 10, steps: 2100 })
  const jobs = sagaJobs(database)
  await runJob({ jobs }, 'sagas.delete-old-steps', { signal: AbortSignal.abort() })
  assert.equal(await stepsOf(delivered), 4500, 'a stopping program deletes nothing')
  await runJob({ jobs }, 'sagas.delete-old-steps')

  const left = [delivered, cancelled, waiting, unanswered, long, young].map(stepsOf)
  assert.deepEqual(await Promise.all(left), [0, 0, 3, 3, 3, 2100])
  const { rows } = await sql<{ count: number }>`select count(*) from platform.saga`.execute(database.db)
  assert.equal(Number(rows[0]?.count), 6)
})
