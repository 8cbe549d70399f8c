import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { recordAct } from '#platform/audit'
import { findParts, migrateDown, migrateUp, transaction } from '#platform/db'
import { testDatabase, type TestDatabase } from '#platform/testing'
import { newId } from '#platform/values'
import { seedDemo } from '../demo/seed.ts'

let database: TestDatabase
before(async () => {
  database = await testDatabase()
})
after(() => database.close())

const listings = async () =>
  (
    await sql`
      select product_id, price, in_stock, sold, array(select unnest(tokens) order by 1) as tokens
      from catalog.listings order by product_id
    `.execute(database.db)
  ).rows

test('the listings of a shop are the same after their migrations were reverted and applied again (F-14, PLT-12)', async () => {
  const { db, pool } = database
  await seedDemo({ db })
  const shown = await listings()
  assert.ok(shown.length >= 40)
  for (const steps of [1, 2]) {
    assert.equal((await migrateDown(pool, { part: 'catalog', steps })).length, steps)
    await migrateUp(pool)
    assert.deepEqual(await listings(), shown, `after ${steps} steps`)
  }
  await sql`update catalog.variants set is_active = false where product_id = (select product_id from catalog.listings limit 1)`.execute(
    db,
  )
  assert.equal((await listings()).length, shown.length - 1, 'the triggers work again')
})

/** The steps back to before a migration of identity. */
const stepsTo = (name: string): number => {
  const [{ files } = { files: [] }] = findParts(['identity'])
  return files.length - files.findIndex((file) => file.name === name)
}

test('the changes of accounts move into the one audit, once each, and back again (PLT-6, ID-14, PLT-12)', async () => {
  const { db, pool } = database
  const [user, staff] = [newId(), newId()]
  const acts = async () =>
    (
      await sql<{ act: string }>`
        select concat_ws(' ', actor, actor_name, actor_user_id = ${staff}, action, subject_type, subject_id) as act
        from platform.audit order by id`.execute(db)
    ).rows.map(({ act }) => act)
  await sql`
    insert into identity.users (id, name, locale, timezone, role, created_at, updated_at)
    values (${user}, 'Anna', 'en', 'UTC', 'customer', now(), now())`.execute(db)
  const blocked = { action: 'user_blocked', subject_type: 'users', subject_id: user } as const
  await transaction(db, async (tx) => await recordAct(tx, { ...blocked, actor: { kind: 'user', user_id: staff } }))
  const down = { part: 'identity', steps: stepsTo('one-audit') }
  await migrateDown(pool, down)
  await sql`update identity.audit_log set id = ${newId()}`.execute(db)
  // Before platform.audit existed, changes were recorded in identity alone.
  await sql`
    insert into identity.audit_log (id, actor, actor_user_id, action, user_id, details, created_at)
    values (${newId()}, 'admin', null, 'permissions_changed', null, '{"role": "support"}', now()),
      (${newId()}, 'user', ${staff}, 'user_unblocked', ${user}, '{}', now())`.execute(db)
  const moved = [
    `user t user_blocked users ${user}`,
    'program admin permissions_changed roles support',
    `user t user_unblocked users ${user}`,
  ]
  for (const _ of [1, 2]) {
    await migrateUp(pool)
    assert.deepEqual(await acts(), moved)
    await sql`
      insert into identity.audit_log (id, actor, action, details, created_at)
      values (uuidv7(), 'admin', 'role_changed', '{}', now())`.execute(db)
    assert.deepEqual(await acts(), moved, 'a process of the version before records it in platform.audit too')
    await migrateDown(pool, down)
    const { rows } = await sql`select from identity.audit_log`.execute(db)
    assert.equal(rows.length, 3)
  }
  await migrateUp(pool)
})

/** Every relation, column, function, trigger and constraint of the modules and the platform, in a comparable form. */
const objects = async () =>
  (
    await sql<{ object: string }>`
      select format('column %s %s %s', a.attrelid::regclass, a.attname, format_type(a.atttypid, a.atttypmod)) as object
      from pg_attribute a join pg_class c on c.oid = a.attrelid where ${isOurs('c.relnamespace')} and attnum > 0 and not attisdropped
      union all select format('function %s %s', oid::regprocedure, md5(prosrc)) from pg_proc where ${isOurs('pronamespace')}
      union all select format('trigger %s %s', tgrelid::regclass, tgname) from pg_trigger t
        join pg_class c on c.oid = t.tgrelid where ${isOurs('c.relnamespace')} and not tgisinternal
      union all select format('constraint %s %s %s', conrelid::regclass, conname, pg_get_constraintdef(oid))
        from pg_constraint where ${isOurs('connamespace')}
      order by 1
    `.execute(database.db)
  ).rows.map(({ object }) => object)

const isOurs = (column: string) =>
  sql`${sql.ref(column)} in (select oid from pg_namespace where nspname <> 'information_schema' and nspname !~ '^pg_|^public$')`

test('every migration of every module can be reverted, and leaves nothing; applied again it makes the same (F-14, PLT-12)', async () => {
  const { pool } = database
  const all = await objects()
  const modules = findParts().filter(({ part }) => !part.startsWith('platform/'))
  for (const { part, files } of modules.toReversed()) {
    for (const file of files.toReversed()) {
      await migrateDown(pool, { part, steps: 1 }).catch((error: unknown) =>
        assert.fail(`${file.name}: ${String(error)}`),
      )
    }
    const left = (await objects()).filter((object) => object.includes(` ${part}.`))
    assert.deepEqual(left, [], part)
  }
  await migrateUp(pool)
  assert.deepEqual(await objects(), all)
})
