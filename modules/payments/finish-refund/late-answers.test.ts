import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { refundRequested } from '#ordering/events'
import { anna, crowd, expectProblem, expectResponse, olga, openTestApi, runJob } from '#platform/testing'
import { newId } from '#platform/values'
import { ProviderUnavailable, type Provider } from '../index.ts'
import { sandbox } from '../providers/sandbox.ts'
import { AdminRefundView, RefundView } from '../schema.ts'
import { namesOf, openPaymentsTest, type Order, type PaymentsTest } from '../testing.ts'

let shop: PaymentsTest
before(async () => {
  shop = await openPaymentsTest()
})
after(() => shop.close())

const paidOrder = async () => {
  const order = await shop.startedOrder(1000)
  await shop.press('approve', order)
  return order
}
const bank = (refund: Provider['refund']) =>
  shop.moduleWith({ provider: { ...sandbox({ db: shop.db, mode: 'page' }), refund } })
const namesOfRefunds = async (order: Order) => namesOf(await shop.eventsOf(order)).slice(2)
const refundByHand = async (order: Order, to = shop.module, amount = 1000) => {
  const api = await openTestApi([to])
  const body = { id: newId(), amount, reason: 'broken cup', besides_return: true }
  const response = await api.send(olga, `POST /admin/payments/${order.event_id}/refund`, { body })
  await api.close()
  return response
}
const requestOf = ({ id: subject_id }: Order, amount = 1000) =>
  refundRequested({ subject_type: 'order', subject_id, refund_id: newId(), amount, reason: 'return' })

/** A bank that makes a refund, and meanwhile, after the lease, refuses it to another process, whose answer is saved first. */
const disagreeing = (other: () => Promise<unknown>) =>
  bank(async (input) => {
    await shop.endLeases()
    await other()
    return await sandbox({ db: shop.db, mode: 'page' }).refund(input)
  })
const refuseMeanwhile = () =>
  assert.rejects(
    runJob(
      bank(async () => 'refused'),
      'payments.finish-refunds',
    ),
    /1 refunds could not be finished/,
  )

test('a refund of a return that the bank refused to one caller and made for another is done (PAY-5, ORD-10)', async () => {
  const order = await paidOrder()
  await shop.publish(requestOf(order))
  await shop.deliver(disagreeing(refuseMeanwhile))
  assert.deepEqual(await namesOfRefunds(order), ['refund-refused', 'refunded'])
  assert.equal(await shop.heldFor(order), 0)
  await shop.assertNoViolations()
})

test('so is a refund of staff (PAY-5)', async () => {
  const order = await paidOrder()
  const response = await refundByHand(order, disagreeing(refuseMeanwhile))
  assert.equal(expectResponse(response, 201, RefundView).status, 'done')
  assert.deepEqual(await namesOfRefunds(order), ['refunded'])
  await shop.assertNoViolations()
})

test('so is the refund of a cancelled order, whose saga learns that it is refunded (PAY-5, PAY-6)', async () => {
  const order = await paidOrder()
  await shop.publish(shop.cancellationRequested(order))
  await shop.deliver(disagreeing(refuseMeanwhile))
  assert.deepEqual(new Set(await namesOfRefunds(order)), new Set(['refunded']))
  assert.equal(await shop.heldFor(order), 0)
  await shop.assertNoViolations()
})

test('two processes never ask the bank for one refund at once: the other one waits (PAY-5, PAY-6, ORD-10)', async () => {
  const order = await paidOrder()
  let calls = 0
  const other = bank(async () => {
    calls++
    return 'refused'
  })
  const asking = bank(async (input) => {
    await runJob(other, 'payments.finish-refunds')
    await shop.publish(shop.cancellationRequested(order))
    await assert.rejects(shop.deliver(other), /Another process, which asks for the refund .*, does not answer/)
    return await sandbox({ db: shop.db, mode: 'page' }).refund(input)
  })
  expectResponse(await refundByHand(order, asking), 201, RefundView)
  await shop.deliver()
  assert.equal(calls, 0)
  assert.deepEqual(await namesOfRefunds(order), ['refunded', 'refunded'])
  assert.equal(await shop.heldFor(order), 0)
  await shop.assertNoViolations()
})

test('a refusal that comes when another process asks the bank already is not saved (PAY-5, ORD-10)', async () => {
  const order = await paidOrder()
  const [asked, answered] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const second = bank(async (input) => {
    asked.resolve()
    await answered.promise
    return await sandbox({ db: shop.db, mode: 'page' }).refund(input)
  })
  let finished: Promise<unknown> = Promise.resolve()
  const slow = bank(async () => {
    await shop.endLeases()
    finished = runJob(second, 'payments.finish-refunds')
    await asked.promise
    return 'refused'
  })
  await shop.publish(requestOf(order))
  await shop.deliver(slow)
  assert.deepEqual(await namesOfRefunds(order), [])
  answered.resolve()
  await finished
  assert.deepEqual(await namesOfRefunds(order), ['refunded'])
  await shop.assertNoViolations()
})

test('a refund that staff made again meanwhile is reported, not booked, and stays a violation until staff settle it (PAY-5)', async () => {
  const order = await paidOrder()
  await shop.publish(requestOf(order, 400))
  const twice = disagreeing(async () => {
    await refuseMeanwhile()
    expectResponse(await refundByHand(order, shop.module, 400), 201, RefundView)
  })
  await assert.rejects(shop.deliver(twice), /which it had refused: compare the refunds of the payment by hand/)
  assert.equal(await shop.heldFor(order), 600)
  const check = shop.module.checks?.find(({ name }) => name === 'payments.refusals-are-final')
  const [violation] = (await check?.violations()) ?? []
  assert.equal(violation && 'payment_id' in violation && violation.payment_id, order.event_id)

  const refunds = await shop.refundsOf(order)
  const contradicted = refunds.find(({ contradicted_at }) => contradicted_at)
  const done = refunds.find(({ status }) => status === 'done')
  const resolve = (id = '', resolution = 'The buyer sent the money back', caller = olga) =>
    shop.api.send(caller, `POST /admin/payments/refunds/${id}/resolve`, { body: { resolution } })
  expectProblem(await resolve(done?.id), 409, 'not-contradicted')
  expectProblem(await resolve(newId()), 404, 'not-found')
  expectProblem(await resolve(contradicted?.id, 'Mine', anna), 403, 'forbidden')
  expectProblem(await resolve(contradicted?.id, ''), 400, 'validation-failed')
  await crowd(5, () => resolve(contradicted?.id))
  const resolved = expectResponse(await resolve(contradicted?.id, 'Another word'), 200, AdminRefundView)
  assert.deepEqual([resolved.resolution, resolved.resolved_by], ['The buyer sent the money back', olga.user_id])
  assert.deepEqual(await check?.violations(), [])
  const { rows } = await sql<{ subject_id: string }>`
    select subject_id from platform.audit where action = 'POST /admin/payments/refunds/{id}/resolve'`.execute(shop.db)
  assert.ok(rows.length > 0 && rows.every(({ subject_id }) => subject_id === contradicted?.id))
})

test('callers of one process ask the bank for a refund once (PAY-5)', async () => {
  const order = await paidOrder()
  const silent = bank(async () => {
    throw new ProviderUnavailable('sandbox')
  })
  await refundByHand(order, silent)
  let calls = 0
  const counted = bank(async (input) => {
    calls++
    // As long as the reads of the other callers take.
    for (let reads = 0; reads < 30; reads++) await sql`select 1`.execute(shop.db)
    return await sandbox({ db: shop.db, mode: 'page' }).refund(input)
  })
  await Promise.all(Array.from({ length: 5 }, () => runJob(counted, 'payments.finish-refunds')))
  assert.deepEqual([calls, await shop.heldFor(order)], [1, 0])
})
