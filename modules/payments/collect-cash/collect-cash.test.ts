import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { namesOf, openTill, type Till } from '../testing.ts'

let till: Till
before(async () => {
  till = await openTill()
})
after(() => till.end())

test('cash is started with the order and complete when the parcel is handed over, once (PAY-3)', async () => {
  const order = await till.dueOrder(90_000, 'cash_on_delivery')
  assert.deepEqual(namesOf(await till.told(order)), ['started'])
  assert.equal(await till.held(order), 0)
  await till.say(till.fulfilled(order))
  await till.deliver()
  await till.say(till.fulfilled(order))
  await till.deliver()
  assert.deepEqual(namesOf(await till.told(order)), ['started', 'completed'])
  assert.equal((await till.attempts(order))[0]?.provider, 'cash')
  assert.equal(await till.held(order), 90_000)
  await till.assertBooks()
})

test('an order paid online collects no cash', async () => {
  const order = await till.dueOrder()
  await till.press('approve', order)
  await till.say(till.fulfilled(order, 'online'))
  await till.deliver()
  assert.deepEqual(namesOf(await till.told(order)), ['started', 'completed'])
})

test('cash for an order that nobody knows is not lost: it is heard again (ORD-6)', async () => {
  const order = till.order()
  await till.say(till.fulfilled(order))
  await assert.rejects(till.deliver(), /never due/)
  await till.say(till.due(order, 'cash_on_delivery'))
  await assert.rejects(till.deliver(), /never due/)
  await till.deliver({
    ...till.module,
    subscriptions: (till.module.subscriptions ?? []).filter(({ event }) => event.key === 'subject_id'),
  })
  await till.deliver()
  assert.deepEqual(namesOf(await till.told(order)), ['started', 'completed'])
})

test('cash for an order that is cancelled is no longer collected; cash that was collected all the same counts', async () => {
  const order = await till.dueOrder(90_000, 'cash_on_delivery')
  await till.say(till.notDue(order))
  await till.deliver()
  assert.deepEqual(namesOf(await till.told(order)), ['started', 'failed'])
  await till.say(till.fulfilled(order))
  await till.deliver()
  assert.deepEqual(namesOf(await till.told(order)), ['started', 'failed', 'completed'])
  assert.equal(await till.held(order), 90_000)
  await till.assertBooks()
})
