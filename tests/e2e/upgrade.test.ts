import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { openDb, openPool, type Db } from '#platform/db'
import { eventually } from '#platform/testing'
import { openShop, type Shop } from './open-shop.ts'
import { firstOf, orderBecomes, placeOrder, press, toPickup } from './purchase-steps.ts'

let shop: Shop
let pools: readonly ReturnType<typeof openPool>[]
let databases: readonly Db[]
before(async () => {
  shop = await openShop()
  pools = shop.databases.map((url) => openPool({ url, size: 1, name: 'newer version' }))
  databases = pools.map((pool) => openDb(pool))
})
after(async () => {
  await Promise.all(pools.map(async (pool) => await pool.end()))
  await shop.close()
})

/** The schemas of modules and platform have tables that a newer version may extend. */
const ownTables = sql<{ name: string }>`
  select format('%I.%I', n.nspname, c.relname) as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p') and not c.relispartition and n.nspname !~ '^(pg_|information_schema|graphile_worker|public)'
  order by 1`

/** The first half of an upgrade: the migrations of a newer version add a column to every table, and one table. */
async function expand(db: Db): Promise<number> {
  const { rows } = await ownTables.execute(db)
  for (const { name } of rows)
    await sql`alter table ${sql.raw(name)} add column of_a_newer_version text not null default 'unknown here'`.execute(
      db,
    )
  await sql`create table platform.of_a_newer_version (id uuid primary key)`.execute(db)
  return rows.length
}

/** From now on every event has a field that this version does not know, as those of newer processes beside it. */
async function extendEvents(db: Db): Promise<void> {
  await sql`
    create function platform.extend_event() returns trigger language plpgsql as $$
    begin
      new.data := new.data || '{"of_a_newer_version": {"unknown": ["here"]}}';
      return new;
    end $$`.execute(db)
  await sql`create trigger extend before insert on platform.event for each row execute function platform.extend_event()`.execute(
    db,
  )
}

const newType = 'ordering.of-a-newer-version.v1'

/** A newer process publishes an event of a type that no module of this version knows. */
const publishNewType = async (db: Db): Promise<unknown> =>
  await sql`
    insert into platform.event (event_id, type, source, subject, partition_key, correlation_id, data)
    values (uuidv7(), ${newType}, 'ordering', 'order', 'order', uuidv7(), '{}')`.execute(db)

/** Messages that wait or are dead, but for those of the new type: they are set aside for a release that knows it. */
async function failedMessages(db: Db): Promise<readonly object[]> {
  const { rows } = await sql<object>`
    select consumer_group, type, state, error from platform.parked where type <> ${newType}`.execute(db)
  return rows
}

test('while a newer version migrates the databases and publishes its events, the older one goes on with its orders (PLT-5, PLT-12, PLT-24)', async () => {
  const as = await shop.customer()
  const { variant_id } = await firstOf(shop, 'teas')
  const buy = async () => ({
    ...(await placeOrder(shop, as, { ...toPickup, items: [{ variant_id, quantity: 1 }] })),
    as,
  })
  const before = await buy()
  const extended = await Promise.all(databases.map(expand))
  assert.ok(Math.max(...extended) > 20)
  await Promise.all(databases.map(extendEvents))
  await Promise.all(databases.map(publishNewType))
  const after = await buy()
  for (const order of [before, after]) {
    await orderBecomes(shop, order, 'processing')
    await press(shop, order.id, 'approve')
    await orderBecomes(shop, order, 'shipping')
  }
  await eventually(async () => assert.deepEqual(await shop.violations(), {}))
  for (const db of databases) assert.deepEqual(await failedMessages(db), [])
})
