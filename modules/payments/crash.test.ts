import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { after, before, test } from 'node:test'
import { runJob } from '#platform/testing'
import { fileURLToPath } from 'node:url'
import { namesOf, openPaymentsTest, type Order, type PaymentsTest } from './testing.ts'

let shop: PaymentsTest
before(async () => {
  shop = await openPaymentsTest()
})
after(() => shop.close())

const program = fileURLToPath(new URL('testing.ts', import.meta.url))

/** Runs `action` in a process of its own and asserts that the process is killed at `point`. */
async function crash(action: 'deliver' | 'process' | 'approve' | 'refund', point: string, order: Order): Promise<void> {
  const child = spawn(process.execPath, [program, shop.url, action, order.id, order.event_id], {
    env: { CRASH_AT: point },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const [, signal] = await once(child, 'exit')
  assert.equal(signal, 'SIGKILL', `${action} passed ${point}`)
}

test('the app is killed after the bank starts a payment and before it is saved: there is one payment after the restart (REL-1)', async () => {
  const order = shop.newOrder()
  await shop.publish(shop.requested(order))
  await crash('deliver', 'payments.after-provider.before-save', order)
  assert.deepEqual(namesOf(await shop.eventsOf(order)), [])
  await shop.deliver()
  assert.equal((await shop.paymentsOf(order)).length, 1)
  assert.deepEqual(namesOf(await shop.eventsOf(order)), ['started'])
  await shop.press('approve', order)
  await shop.assertNoViolations()
})

test('the app is killed after the first payment is saved and before the bank gets it: the event starts it after the restart (F-8, REL-1)', async () => {
  const order = shop.newOrder()
  await shop.publish(shop.requested(order))
  await crash('deliver', 'payments.after-intent.before-provider', order)
  assert.equal((await shop.paymentsOf(order))[0]?.started_at, null)
  await shop.deliver()
  assert.deepEqual(namesOf(await shop.eventsOf(order)), ['started'])
  await shop.press('approve', order)
  await shop.assertNoViolations()
})

test('the app is killed after a payment is saved and before the bank gets it: the next click continues the same payment (REL-1)', async () => {
  const order = await shop.startedOrder()
  await shop.press('decline', order)
  await crash('process', 'payments.after-intent.before-provider', order)
  assert.equal((await shop.processed(order)).status, 'pending')
  assert.equal((await shop.paymentsOf(order)).length, 2)
  await shop.press('approve', order)
  assert.deepEqual(namesOf(await shop.eventsOf(order)), ['started', 'failed', 'started', 'completed'])
  await shop.assertNoViolations()
})

test('the app is killed after the buyer pays and before the payment is read: the payment is read again and completed (REL-1)', async () => {
  const order = await shop.startedOrder()
  await crash('approve', 'payments.after-approval.before-settling', order)
  assert.deepEqual(namesOf(await shop.eventsOf(order)), ['started'])
  await shop.pool.query(`update payments.payments set created_at = now() - interval '2 minutes' where id = $1`, [
    order.event_id,
  ])
  await runJob(shop.module, 'payments.refresh-open-payments')
  assert.deepEqual(namesOf(await shop.eventsOf(order)), ['started', 'completed'])
  await shop.assertNoViolations()
})

for (const point of ['payments.after-request.before-refund', 'payments.after-refund.before-save'] as const)
  test(`the app is killed at ${point}: the buyer is refunded once (REL-1)`, async () => {
    const order = await shop.startedOrder(1000)
    await shop.press('approve', order)
    await crash('refund', point, order)
    assert.deepEqual(namesOf(await shop.eventsOf(order)), ['started', 'completed'])
    await shop.endLeases()
    await runJob(shop.module, 'payments.finish-refunds')
    await runJob(shop.module, 'payments.finish-refunds')
    assert.deepEqual(namesOf(await shop.eventsOf(order)), ['started', 'completed', 'refunded'])
    assert.equal(await shop.heldFor(order), 600)
    await shop.assertNoViolations()
  })

for (const point of ['payments.after-provider.before-save', 'payments.after-refund.before-save'] as const)
  test(`the app is killed at ${point} while a paid order is cancelled: the full amount is refunded once (REL-1)`, async () => {
    const order = await shop.startedOrder(1000)
    await shop.press('approve', order)
    await shop.publish(shop.cancellationRequested(order))
    await crash('deliver', point, order)
    await shop.endLeases()
    await shop.deliver()
    assert.deepEqual(namesOf(await shop.eventsOf(order)), ['started', 'completed', 'refunded'])
    assert.equal((await shop.refundsOf(order)).length, 1)
    assert.equal(await shop.heldFor(order), 0)
    await shop.assertNoViolations()
  })
