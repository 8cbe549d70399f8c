import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { runJob } from '#platform/testing'
import { sql } from 'kysely'
import { newId } from '#platform/values'
import { ProviderUnavailable, type Provider } from '../index.ts'
import { sandbox } from '../providers/sandbox.ts'
import { openPaymentsTest, type Order, type PaymentsTest } from '../testing.ts'

let shop: PaymentsTest
let order: Order
before(async () => {
  shop = await openPaymentsTest()
  order = await shop.startedOrder(100_000)
  await shop.press('approve', order)
})
after(() => shop.close())

/** Requests `count` refunds of one kopeck in one moment, as staff do while the bank is silent, and returns their ids. */
async function requestRefunds(count: number): Promise<string[]> {
  const ids = Array.from({ length: count }, newId)
  await sql`
    with refund as (
      insert into payments.refunds (id, payment_id, amount, currency, requested_by, reason, status, requested_at)
      select id, ${order.event_id}, 1, 'RUB', 'staff', 'broken cup', 'requested', now() from unnest(${ids}::uuid[]) as id
    )
    update payments.payments set refunding_amount = refunding_amount + ${count} where id = ${order.event_id}
  `.execute(shop.db)
  return ids
}

const statusesOf = async () => Map.groupBy(await shop.refundsOf(order), ({ status }) => status)
const finishRefunds = (provider: Provider) => runJob(shop.moduleWith({ provider }), 'payments.finish-refunds')

test('the job finishes every refund, also behind hundreds that fail (F-11, PAY-5)', async () => {
  const bank = sandbox({ db: shop.db, mode: 'page' })
  const ids = (await requestRefunds(450)).toSorted()
  const failing = new Set(ids.slice(0, 300))
  const provider: Provider = {
    ...bank,
    refund: async (input) => {
      if (failing.has(input.refund_id)) throw new Error('the bank knows no such refund')
      return await bank.refund(input)
    },
  }
  await assert.rejects(finishRefunds(provider), /300 refunds could not be finished/)
  assert.equal((await statusesOf()).get('done')?.length, 150)
  await finishRefunds(bank)
  assert.equal((await statusesOf()).get('done')?.length, 450)
  await shop.assertNoViolations()
})

test('while the bank is away the job ends soon, and finishes the refunds after its return (F-11, F-1)', async () => {
  const bank = sandbox({ db: shop.db, mode: 'page' })
  await requestRefunds(300)
  let calls = 0
  const away: Provider = {
    ...bank,
    refund: async () => {
      calls++
      throw new ProviderUnavailable('sandbox')
    },
  }
  await assert.rejects(finishRefunds(away), /300 refunds could not be finished/)
  assert.ok(calls <= 15, `${calls} calls to a bank that is away`)
  await finishRefunds(bank)
  assert.equal((await statusesOf()).get('done')?.length, 750)
  await shop.assertNoViolations()
})

test('a refund that the bank refuses is reported to the operator, and the others are finished (F-11, PAY-5)', async () => {
  const bank = sandbox({ db: shop.db, mode: 'page' })
  const [refused] = await requestRefunds(3)
  const refund: Provider['refund'] = async (input) =>
    input.refund_id === refused ? 'refused' : await bank.refund(input)
  await assert.rejects(finishRefunds({ ...bank, refund }), (error: AggregateError) => {
    assert.match(String(error.errors[0]), new RegExp(`refused the refund ${refused} .* refund it by hand`))
    return error.errors.length === 1
  })
  assert.deepEqual([...(await statusesOf()).keys()].toSorted(), ['done', 'refused'])
  await shop.assertNoViolations()
})
