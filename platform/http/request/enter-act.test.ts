import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { sql } from 'kysely'
import { Type } from 'typebox'
import { listActs, recordAct, withAct } from '#platform/audit'
import { sharedTransactions, transaction, type AnyTx, type Db } from '#platform/db'
import { refuse, storeResponseAs, type Http } from '#platform/http'
import type { Module } from '#platform/module'
import { notFound, windowOf } from '#platform/outcome'
import { Closed, Id, IdParams, OneOf, Text } from '#platform/schema'
import { newId } from '#platform/values'
import {
  adminMachine,
  anna,
  crowd,
  expectProblem,
  expectResponse,
  olga,
  openTestApi,
  testDatabase,
  type TestApi,
  type TestDatabase,
} from '#platform/testing'

let database: TestDatabase
let api: TestApi
before(async () => {
  database = await testDatabase({ parts: [] })
  await sql`create table tins (id uuid primary key, grams int)`.execute(database.db)
  api = await openTestApi([tins(database.db)])
})
after(async () => {
  await api.close()
  await database.close()
})
// Nothing deletes an act: each test has a tin of its own.
let id: string
beforeEach(() => (id = newId()))

const Tin = Closed({
  id: Type.Optional(Id),
  grams: Type.Optional(Type.Integer({ minimum: 0, maximum: 9 })),
  kind: Type.Optional(OneOf(['green', 'black'] as const)),
  label: Type.Optional(Text(100)),
  reason: Type.Optional(Text(100)),
})
const repeat = 'changes nothing'

/** A module whose staff fill tins with tea. */
function tins(db: Db): Module {
  const access = { permission: 'tins.write' }
  const insert = async (tx: AnyTx | Db, tin: string) =>
    await sql`insert into tins (id, grams) values (${tin}, 1) on conflict (id) do update set grams = tins.grams + 1`.execute(
      tx,
    )
  const share = sharedTransactions(db)
  const routes = (http: Http): void => {
    const create = { body: Tin, response: { 201: Type.Object({ id: Id }) } }
    http.post('/tins', { schema: create, config: { access, idempotent: true } }, async (request, reply) => {
      const created = { id: request.body.id ?? newId() }
      const storeResponse = storeResponseAs<{ id: string }>(reply, 201, (tin) => tin)
      await transaction(db, async (tx) => {
        await insert(tx, created.id)
        await storeResponse(tx, created)
      })
      return reply.code(201).send(created)
    })
    const change = { params: IdParams, body: Tin }
    http.patch('/tins/:id', { schema: change, config: { access } }, async ({ params, body }, reply) => {
      if (body.grams === 0)
        return refuse(
          reply,
          await transaction(db, async (tx) => {
            await insert(tx, params.id)
            return notFound('tea')
          }),
        )
      if (body.grams === 1) await insert(db, params.id)
      else if (body.grams === 2) await share([params.id], async (tx) => await insert(tx, params.id))
      else
        await transaction(db, async (tx) => {
          await insert(tx, params.id)
          if (body.grams === 9) throw new Error('the tin is full')
          if (body.grams === 8)
            await recordAct(tx, {
              actor: { kind: 'program', name: 'scales' },
              action: 'tin_weighed',
              subject_type: 'tins',
              subject_id: params.id,
            })
        })
      if (body.grams === 7) throw new Error('the lid is lost')
      return {}
    })
    const config = { access, audit: false, repeat }
    http.post('/tins/:id/steps', { schema: change, config }, async ({ params }) => {
      await transaction(db, async (tx) => void (await insert(tx, params.id)))
      return {}
    })
    const own = { schema: change, config: { access: 'user', repeat } } as const
    http.post('/tins/:id/mine', own, async ({ params }) => {
      await transaction(db, async (tx) => void (await insert(tx, params.id)))
      return {}
    })
  }
  return { name: 'tins', description: 'Tins', routes: [routes], api: {} }
}

const acts = async (of = id) => (await listActs(database.db, { subject_id: of, window: windowOf({}) })).items
const patch = async (body: object, as = olga as Parameters<TestApi['send']>[0]) =>
  await api.send(as, `PATCH /tins/${id}`, { body })
const gramsOf = async () =>
  (await sql<{ grams: number }>`select grams from tins where id = ${id}`.execute(database.db)).rows[0]?.grams

test('the audit says who changed what and when, without texts (PLT-6, ID-14)', async () => {
  const started = Date.now()
  const reason = 'the customer anna@example.com called'
  const response = await patch({ grams: 3, kind: 'green', label: 'hunter2', reason })
  expectResponse(response, 200)
  const [act, ...others] = await acts()
  assert.ok(act)
  const { at, id: _, ...record } = act
  assert.deepEqual(record, {
    actor: 'user',
    actor_user_id: olga.user_id,
    actor_name: null,
    action: 'PATCH /tins/{id}',
    subject_type: 'tins',
    subject_id: id,
    request_id: response.headers['x-request-id'],
    details: { grams: 3, kind: 'green', label: '[text]', reason: 'the customer [hidden] called' },
  })
  assert.equal(others.length, 0)
  assert.ok(at.getTime() >= started && at.getTime() <= Date.now())
})

test('a program with the token of the host is named (ID-15)', async () => {
  expectResponse(await patch({ grams: 4 }, adminMachine), 200)
  assert.deepEqual(
    (await acts()).map(({ actor, actor_user_id, actor_name }) => [actor, actor_user_id, actor_name]),
    [['program', null, 'admin']],
  )
})

test('a refused write and a failed one leave neither a change nor a record (PLT-6)', async () => {
  expectProblem(await patch({ grams: 0 }), 404, 'not-found')
  expectProblem(await patch({ grams: 9 }), 500, 'internal-error')
  expectProblem(await patch({ grams: 4 }, anna), 403, 'forbidden')
  expectProblem(await patch({ grams: 'x' }), 400, 'validation-failed')
  assert.equal(await gramsOf(), undefined)
  assert.deepEqual(await acts(), [])
})

test('the record has the id of what was created, and a repeat adds none (PLT-6, rule 8)', async () => {
  const headers = { 'idempotency-key': `tin-${newId()}` }
  const first = await api.send(olga, 'POST /tins', { body: {}, headers })
  const { id: created } = expectResponse(first, 201, Type.Object({ id: Id }))
  const again = await api.send(olga, 'POST /tins', { body: {}, headers })
  assert.equal(again.headers['idempotent-replay'], 'true')
  assert.deepEqual(
    (await acts(created)).map(({ action, subject_type }) => [action, subject_type]),
    [['POST /tins', 'tins']],
  )
})

test('a change is recorded in its own transaction, whatever happens afterwards (PLT-6)', async () => {
  expectProblem(await patch({ grams: 7 }), 500, 'internal-error')
  assert.deepEqual([await gramsOf(), (await acts()).length], [1, 1])
})

test('a write of one statement is recorded before its answer (PLT-6)', async () => {
  expectResponse(await patch({ grams: 1 }), 200)
  assert.equal((await acts()).length, 1)
})

test('staff whose writes share a transaction are recorded each (PLT-6)', async () => {
  const staff = Array.from({ length: 20 }, () => ({ tin: newId() }))
  await crowd(staff.length, async (n) => {
    const { tin = '' } = staff[n] ?? {}
    expectResponse(await api.send(olga, `PATCH /tins/${tin}`, { body: { grams: 2 } }), 200)
  })
  for (const { tin } of staff) assert.equal((await acts(tin)).length, 1)
})

test('a slice that knows more records the act itself, and the route adds no second record (PLT-6)', async () => {
  expectResponse(await patch({ grams: 8 }), 200)
  assert.deepEqual(
    (await acts()).map(({ action, actor_name }) => [action, actor_name]),
    [['tin_weighed', 'scales']],
  )
})

test('the audit leaves out the writes of customers and couriers for themselves (PLT-6)', async () => {
  expectResponse(await api.send(olga, `POST /tins/${id}/steps`, { body: {} }), 200)
  expectResponse(await api.send(anna, `POST /tins/${id}/mine`, { body: {} }), 200)
  assert.equal(await gramsOf(), 2)
  assert.deepEqual(await acts(), [])
})

test('a command is recorded by its first transaction, and once (PLT-6, PLT-21)', async () => {
  const act = { actor: { kind: 'terminal', name: 'root' }, action: 'posad tins fill', subject_id: id } as const
  await withAct(act, async () => {
    for (let i = 0; i < 2; i++)
      await transaction(
        database.db,
        async (tx) => void (await sql`insert into tins values (${newId()}, 1)`.execute(tx)),
      )
  })
  assert.deepEqual(
    (await acts()).map(({ actor, actor_name, action }) => [actor, actor_name, action]),
    [['terminal', 'root', 'posad tins fill']],
  )
})

test('the audit is append-only (PLT-6)', async () => {
  expectResponse(await patch({ grams: 4 }), 200)
  for (const change of [
    sql`update platform.audit set action = ''`,
    sql`delete from platform.audit`,
    sql`truncate platform.audit`,
  ])
    await assert.rejects(change.execute(database.db), /append-only/)
})
