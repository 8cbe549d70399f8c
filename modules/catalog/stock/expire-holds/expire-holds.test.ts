import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { crowd } from '#platform/testing'
import { minutes, newId } from '#platform/values'
import { type CatalogTest, openCatalogTest } from '../../testing.ts'

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

const runJob = async (signal: AbortSignal) =>
  await catalog.module.jobs?.find(({ name }) => name === 'catalog.expire-holds')?.work({}, signal)

test(
  'the job frees expired holds and ends, so that a shutdown does not wait for it (CAT-13, PLT-20)',
  { timeout: 5000 },
  async () => {
    await leaveUnpaid(3)
    assert.equal(await reserved(), 3)
    await runJob(new AbortController().signal)
    assert.equal(await reserved(), 0)
  },
)

test('an aborted run ends after a hundred holds, and the next run continues (PLT-20)', async () => {
  await leaveUnpaid(120)
  await runJob(AbortSignal.abort())
  assert.equal(await reserved(), 20)
  await runJob(new AbortController().signal)
  assert.equal(await reserved(), 0)
})
