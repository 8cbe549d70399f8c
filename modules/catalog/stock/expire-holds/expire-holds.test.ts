import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { transaction } from '#platform/db'
import { publish } from '#platform/events'
import { crowd, runJob } from '#platform/testing'
import { minutes, newId } from '#platform/values'
import { type CatalogTest, openCatalogTest, shipmentFor } from '../../testing.ts'

let catalog: CatalogTest
let rose: string
before(async () => {
  catalog = await openCatalogTest()
  rose = await catalog.addVariant(500)
})
after(() => catalog.close())

async function reserved(): Promise<number> {
  const stock = await catalog.db
    .selectFrom('catalog.stock')
    .select('reserved')
    .where('variant_id', '=', rose)
    .executeTakeFirstOrThrow()
  return stock.reserved
}

/** Places orders that stay unpaid, and lets half an hour pass. */
async function leaveUnpaid(orders: number): Promise<void> {
  const expires_at = new Date(catalog.now().getTime() + minutes(30))
  const items = [{ variant_id: rose, quantity: 1 }]
  await crowd(orders, () => catalog.hold({ order_id: newId(), items, expires_at }))
  catalog.advance(minutes(31))
}

const expireHolds = (signal?: AbortSignal) => runJob(catalog.module, 'catalog.expire-holds', signal && { signal })

test(
  'the job frees expired holds and ends, so that a shutdown does not wait for it (CAT-13, PLT-20)',
  { timeout: 5000 },
  async () => {
    await leaveUnpaid(3)
    assert.equal(await reserved(), 3)
    await expireHolds()
    assert.equal(await reserved(), 0)
  },
)

test('a hold does not expire while the event that makes it firm waits or is dead (F-10, CAT-13)', async () => {
  const order_id = newId()
  const reservedBefore = await reserved()
  await catalog.hold({
    order_id,
    items: [{ variant_id: rose, quantity: 1 }],
    expires_at: new Date(catalog.now().getTime() + minutes(30)),
  })
  const event = shipmentFor(order_id)
  await transaction(catalog.db, (tx) => publish(tx, [event]))
  catalog.advance(minutes(31))
  await expireHolds()
  assert.equal(await reserved(), reservedBefore + 1)

  // The consumer has passed the event and parked it.
  await sql`
    with passed as (
      insert into platform.consumer (consumer_group, snapshot) values ('catalog', pg_current_snapshot())
    )
    insert into platform.parked (consumer_group, event_id, position, day, partition_key, type, state)
    select 'catalog', event_id, id, day, partition_key, type, 'dead' from platform.event
    where partition_key = ${order_id} and type = 'ordering.shipment-requested.v1'`.execute(catalog.db)
  await expireHolds()
  assert.equal(await reserved(), reservedBefore + 1)
  await sql`update platform.parked set state = 'skipped'`.execute(catalog.db)
  await expireHolds()
  assert.equal(await reserved(), reservedBefore)
})

test('an aborted run ends after a hundred holds, and the next run continues (PLT-20)', async () => {
  await leaveUnpaid(120)
  await expireHolds(AbortSignal.abort())
  assert.equal(await reserved(), 20)
  await expireHolds()
  assert.equal(await reserved(), 0)
})
