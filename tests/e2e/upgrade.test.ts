import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { eventually } from '#platform/testing'
import { openShop, topology, type Shop } from './open-shop.ts'
import { firstOf, orderBecomes, placeOrder, press, toPickup } from './purchase-steps.ts'

// The migrations of the newer version concern the database of the whole shop.
const skip = topology !== 'one'
let shop: Shop
before(async () => {
  shop = await openShop()
})
after(() => shop.close())

/** The schemas of modules and platform have tables that a newer version may extend. */
const ownTables = sql<{ name: string }>`
  select format('%I.%I', n.nspname, c.relname) as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p') and not c.relispartition and n.nspname !~ '^(pg_|information_schema|graphile_worker|public)'
  order by 1`

/** The first half of an upgrade: the migrations of a newer version add a column to every table, and one table. */
async function expand(): Promise<number> {
  const { rows } = await ownTables.execute(shop.app.db)
  for (const { name } of rows)
    await sql`alter table ${sql.raw(name)} add column of_a_newer_version text not null default 'unknown here'`.execute(
      shop.app.db,
    )
  await sql`create table ordering.of_a_newer_version (id uuid primary key)`.execute(shop.app.db)
  return rows.length
}

test(
  'while a newer version migrates the database, the older one goes on with its orders (PLT-12, PLT-24)',
  { skip },
  async () => {
    const as = await shop.customer()
    const { variant_id } = await firstOf(shop, 'teas')
    const buy = async () => ({
      ...(await placeOrder(shop, as, { ...toPickup, items: [{ variant_id, quantity: 1 }] })),
      as,
    })
    const before = await buy()
    assert.ok((await expand()) > 40)
    const after = await buy()
    for (const order of [before, after]) {
      await orderBecomes(shop, order, 'processing')
      await press(shop, order.id, 'approve')
      await orderBecomes(shop, order, 'shipping')
    }
    await eventually(async () => assert.deepEqual(await shop.violations(), {}))
  },
)
