import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { namesOf, openTill, type Order, type Till } from './testing.ts'

let till: Till
before(async () => {
  till = await openTill()
})
after(() => till.end())

const script = fileURLToPath(new URL('crash.testing.ts', import.meta.url))

/** Has a process of its own do `deed` and sees it killed at `point`. */
async function crash(deed: 'hear' | 'process' | 'approve' | 'refund', point: string, order: Order): Promise<void> {
  const child = spawn(process.execPath, [script, till.url, deed, order.id, order.event_id], {
    env: { CRASH_AT: point },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const [, signal] = await once(child, 'exit')
  assert.equal(signal, 'SIGKILL', `${deed} came past ${point}`)
}

test('killed after the bank took the payment, before we kept it: one payment after the restart (REL-1)', async () => {
  const order = till.order()
  await till.say(till.due(order))
  await crash('hear', 'payments.after-provider.before-save', order)
  assert.deepEqual(await till.attempts(order), [])
  await till.deliver()
  assert.deepEqual(namesOf(await till.told(order)), ['started'])
  await till.press('approve', order)
  await till.assertBooks()
})

test('killed between our intent and the bank: the next click goes on with the same attempt (REL-1)', async () => {
  const order = await till.dueOrder()
  await till.press('decline', order)
  await crash('process', 'payments.after-intent.before-provider', order)
  assert.equal((await till.process(order)).json().status, 'pending')
  assert.equal((await till.attempts(order)).length, 2)
  await till.press('approve', order)
  assert.deepEqual(namesOf(await till.told(order)), ['started', 'failed', 'started', 'completed'])
  await till.assertBooks()
})

test('killed after the buyer paid, before we heard: it is read again and complete (REL-1)', async () => {
  const order = await till.dueOrder()
  await crash('approve', 'payments.after-approval.before-settling', order)
  assert.deepEqual(namesOf(await till.told(order)), ['started'])
  await till.pool.query(`update payments.payments set created_at = now() - interval '2 minutes' where id = $1`, [
    order.event_id,
  ])
  await till.runJob('payments.reread-open')
  assert.deepEqual(namesOf(await till.told(order)), ['started', 'completed'])
  await till.assertBooks()
})

for (const point of ['payments.after-request.before-refund', 'payments.after-refund.before-save'] as const)
  test(`killed at ${point}: the buyer gets the refund once (REL-1)`, async () => {
    const order = await till.dueOrder(1000)
    await till.press('approve', order)
    await crash('refund', point, order)
    assert.deepEqual(namesOf(await till.told(order)), ['started', 'completed'])
    await till.runJob('payments.finish-refunds')
    await till.runJob('payments.finish-refunds')
    assert.deepEqual(namesOf(await till.told(order)), ['started', 'completed', 'refunded'])
    assert.equal(await till.held(order), 600)
    await till.assertBooks()
  })

for (const point of ['payments.after-provider.before-save', 'payments.after-refund.before-save'] as const)
  test(`killed at ${point} while a paid order is cancelled: everything goes back once (REL-1)`, async () => {
    const order = await till.dueOrder(1000)
    await till.press('approve', order)
    await till.say(till.notDue(order))
    await crash('hear', point, order)
    await till.deliver()
    assert.deepEqual(namesOf(await till.told(order)), ['started', 'completed', 'refunded'])
    assert.equal((await till.refundsOf(order)).length, 1)
    assert.equal(await till.held(order), 0)
    await till.assertBooks()
  })
