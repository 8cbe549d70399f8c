import { after, before, beforeEach, describe, test } from 'node:test'
import assert from 'node:assert/strict'
import { sql } from 'kysely'
import { notFound } from '#platform/outcome'
import { testDatabase, type TestDatabase } from '#platform/testing'
import { afterCommit, CommitRefused, sqlStateOf, transaction, type AnyTx } from './index.ts'

let database: TestDatabase
before(async () => {
  database = await testDatabase({ parts: [] })
  await database.pool.query(`
    create table tea (
      id   int primary key,
      name text constraint tea_name unique,
      sold int not null default 0 constraint tea_sold check (sold >= 0))`)
})
after(() => database.close())
beforeEach(() => database.pool.query('truncate tea'))

const insert = (tx: AnyTx, id: number, name?: string) => tx.insertInto('tea').values({ id, name }).execute()
const teas = async () =>
  (await database.pool.query<{ id: number }>('select id from tea order by id')).rows.map((row) => row.id)
const failWith = (tx: AnyTx, state: string) =>
  sql.raw(`do $$ begin raise exception using errcode = '${state}'; end $$`).execute(tx)

async function killBackendOf(tx: AnyTx): Promise<void> {
  const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(tx)
  await database.pool.query('select pg_terminate_backend($1, 5000)', [rows[0]?.pid])
}

describe('a transaction', () => {
  test('writes all of its work or none of it (PLT-7)', async () => {
    await transaction(database.db, (tx) => insert(tx, 1))
    const failing = transaction(database.db, async (tx) => {
      await insert(tx, 2)
      throw new Error('no more tea')
    })
    await assert.rejects(failing, /no more tea/)
    assert.deepEqual(await teas(), [1])
  })

  test('writes nothing when its connection is killed, even if the work goes on (PLT-7, R8)', async () => {
    const persistent = transaction(database.db, async (tx) => {
      await insert(tx, 1)
      await killBackendOf(tx)
      for (const id of [2, 3, 4]) await insert(tx, id).catch(() => {})
    })
    await assert.rejects(persistent)
    assert.deepEqual(await teas(), [])
    await transaction(database.db, (tx) => insert(tx, 5))
    assert.deepEqual(await teas(), [5])
  })

  test('throws the error of its work, not the one of the rollback on a killed connection (R8)', async () => {
    const killed = transaction(database.db, async (tx) => {
      await killBackendOf(tx)
      throw new Error('the scales are broken')
    })
    await assert.rejects(killed, /the scales are broken/)
  })

  test('runs no statement after its rollback that was still in its queue (PLT-7, R8)', async () => {
    let late: Promise<unknown> = Promise.resolve()
    const hasty = transaction(database.db, (tx) => {
      const failing = insert(tx, 1).then(() => Promise.reject(new Error('changed my mind')))
      const queued = [2, 3, 4, 5].map((id) => insert(tx, id))
      late = Promise.allSettled(queued)
      return Promise.all([failing, ...queued])
    })
    await assert.rejects(hasty, /changed my mind/)
    await late
    assert.deepEqual(await teas(), [])
  })

  test('runs no statement after its commit that the work did not await (PLT-7, R8)', async () => {
    let late: Promise<unknown> = Promise.resolve()
    await transaction(database.db, async (tx) => {
      await insert(tx, 1)
      const slow = sql`select pg_sleep(0.05)`.execute(tx)
      late = Promise.allSettled([slow, ...[2, 3, 4].map((id) => insert(tx, id))])
    })
    await late
    assert.deepEqual(await teas(), [1])
  })

  test('fails when its work ignored a failed statement: COMMIT was answered with ROLLBACK (PLT-7, R9)', async () => {
    let called = false
    const careless = transaction(database.db, async (tx) => {
      afterCommit(tx, () => (called = true))
      await insert(tx, 1)
      await insert(tx, 1).catch(() => {})
    })
    await assert.rejects(careless, CommitRefused)
    assert.deepEqual([await teas(), called], [[], false])
  })
})

describe('a transaction that joins another', () => {
  test('commits with it, or not at all (PLT-7)', async () => {
    let commits = 0
    const both = (fails: boolean) =>
      transaction(database.db, async (outer) => {
        await transaction(outer, async (tx) => {
          await insert(tx, fails ? 3 : 1)
          afterCommit(tx, () => commits++)
        })
        if (fails) throw new Error('the shop is closed')
        await insert(outer, 2)
      })
    await both(false)
    await assert.rejects(both(true), /the shop is closed/)
    assert.deepEqual([await teas(), commits], [[1, 2], 1])
  })

  test('is refused together with it, also when the other ignores the refusal (PLT-7)', async () => {
    const refuse = (outer: AnyTx) =>
      transaction(outer, async (tx) => {
        await insert(tx, 1)
        return notFound('tea')
      })
    assert.deepEqual(await transaction(database.db, refuse), notFound('tea'))
    const ignoring = transaction(database.db, async (outer) => void (await refuse(outer)))
    await assert.rejects(ignoring, /return its refusal/)
    const taken = transaction(database.db, async (outer) => {
      await insert(outer, 1, 'assam')
      const conflicts = { tea_name: 'name-taken' }
      return await transaction(outer, (tx) => insert(tx, 2, 'assam'), { conflicts })
    })
    assert.deepEqual(await taken, { kind: 'refused', reason: 'name-taken' })
    assert.deepEqual(await teas(), [])
  })
})

describe('a repeated transaction', () => {
  test('runs its work again after a serialization failure, and its callbacks once (PLT-7)', async () => {
    let attempts = 0
    let called = 0
    await transaction(database.db, async (tx) => {
      attempts++
      afterCommit(tx, () => called++)
      await insert(tx, attempts)
      if (attempts < 3) await failWith(tx, '40001')
    })
    assert.deepEqual([attempts, called, await teas()], [3, 1, [3]])
  })

  test('throws after the fourth attempt, and after the first for other errors (PLT-7)', async () => {
    const attemptsAt = async (state: string) => {
      let attempts = 0
      const failing = transaction(database.db, async (tx) => {
        attempts++
        await failWith(tx, state)
      })
      await assert.rejects(failing, (error) => sqlStateOf(error) === state)
      return attempts
    }
    assert.deepEqual([await attemptsAt('40P01'), await attemptsAt('23505')], [4, 1])
  })

  test('lets two sales that deadlock both succeed (PLT-7)', async () => {
    await database.pool.query('insert into tea (id) values (1), (2)')
    const sell = (first: number, second: number, locked: () => void, otherLocked: Promise<void>) =>
      transaction(database.db, async (tx) => {
        await sql`set local deadlock_timeout = '20ms'`.execute(tx)
        await sql`update tea set sold = sold + 1 where id = ${first}`.execute(tx)
        locked()
        await otherLocked
        await sql`update tea set sold = sold + 1 where id = ${second}`.execute(tx)
      })
    const [one, other] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    await Promise.all([sell(1, 2, one.resolve, other.promise), sell(2, 1, other.resolve, one.promise)])
    const { rows } = await database.pool.query('select sold from tea')
    assert.deepEqual(rows, [{ sold: 2 }, { sold: 2 }])
  })
})

describe('a refusal', () => {
  const refusals = [{ kind: 'refused', reason: 'sold-out', left: 0 } as const, notFound('tea')]
  for (const refusal of refusals) {
    test(`that the work returns rolls the transaction back and is returned: ${refusal.kind} (PLT-7)`, async () => {
      let attempts = 0
      let called = false
      const outcome = await transaction(database.db, async (tx) => {
        attempts++
        afterCommit(tx, () => (called = true))
        await insert(tx, 1)
        return refusal
      })
      assert.equal(outcome, refusal)
      assert.deepEqual([await teas(), attempts, called], [[], 1, false])
    })
  }

  test('is made of a violated constraint that the caller names (PLT-7)', async () => {
    let called = false
    const add = (id: number) =>
      transaction(
        database.db,
        async (tx) => {
          afterCommit(tx, () => (called = true))
          await insert(tx, id, 'oolong')
          return { kind: 'added', id } as const
        },
        { conflicts: { tea_name: 'name-taken' } },
      )
    assert.deepEqual(await add(1), { kind: 'added', id: 1 })
    called = false
    assert.deepEqual(await add(2), { kind: 'refused', reason: 'name-taken' })
    assert.deepEqual([await teas(), called], [[1], false])
  })

  test('is not made of a constraint that the caller does not name (PLT-7)', async () => {
    const sell = (id: number, conflicts: Record<string, string> = {}) =>
      transaction(
        database.db,
        async (tx) => {
          await insert(tx, id)
          await sql`update tea set sold = -1 where id = ${id}`.execute(tx)
        },
        { conflicts },
      )
    await assert.rejects(sell(1, { tea_name: 'name-taken' }), /tea_sold/)
    await assert.rejects(sell(2), /tea_sold/)
    assert.deepEqual(await sell(3, { tea_sold: 'sold-out' }), { kind: 'refused', reason: 'sold-out' })
    assert.deepEqual(await teas(), [])
  })

  test('is not made of another error that carries the name of a constraint', async () => {
    const failing = transaction(
      database.db,
      () => Promise.reject(Object.assign(new Error('no such constraint'), { code: '42704', constraint: 'tea_name' })),
      { conflicts: { tea_name: 'name-taken' } },
    )
    await assert.rejects(failing, /no such constraint/)
  })
})

describe('a callback after the commit', () => {
  test('that throws does not turn the committed write into a failure (PLT-7)', async () => {
    const warned = new Promise<Error>((resolve) => process.once('warning', resolve))
    await transaction(database.db, async (tx) => {
      afterCommit(tx, () => {
        throw new Error('a bad callback')
      })
      await insert(tx, 1)
    })
    assert.deepEqual(await teas(), [1])
    assert.match((await warned).message, /a bad callback/)
  })

  test('is refused outside the unit of work', async () => {
    await database.db.transaction().execute(async (tx) => {
      assert.throws(() => afterCommit(tx, () => {}), /call it inside the unit of work/)
    })
  })
})
