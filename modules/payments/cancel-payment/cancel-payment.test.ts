import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { anna, bearer, crowd, olga, testServer } from '#platform/testing'
import { ProviderUnavailable, type Provider } from '../index.ts'
import { sandbox, type Sandbox } from '../providers/sandbox.ts'
import { namesOf, openTill, type Order, type Till } from '../testing.ts'

let till: Till
let bank: Sandbox
before(async () => {
  till = await openTill()
  bank = sandbox({ db: till.db, mode: 'page' })
})
after(() => till.end())

const cancel = async (order: Order, if_paid: 'keep' | 'refund', to = till.module) => {
  await till.say(till.notDue(order, if_paid))
  await till.deliver(to)
}
const chargeOf = async ({ event_id, amount }: Order) =>
  await bank.query({ payment_id: event_id, amount, currency: 'RUB' })
const refund = (order: Order, amount: number) =>
  till.http.inject({
    method: 'POST',
    url: `/api/v1/admin/payments/${order.event_id}/refund`,
    headers: { authorization: bearer(olga) },
    payload: { amount, reason: 'broken cup' },
  })

test('an order cancelled before anything was due is answered: no money will come (PAY-6)', async () => {
  const order = till.order()
  await cancel(order, 'refund')
  const told = await till.told(order)
  assert.deepEqual(namesOf(told), ['failed'])
  assert.deepEqual(told[0]?.data, { subject_type: 'order', subject_id: order.id, reason: 'cancelled' })
})

test('a payment that waits for its buyer is cancelled here and at the bank, and its page says so (PAY-6)', async () => {
  const order = await till.dueOrder()
  await cancel(order, 'refund')
  assert.equal((await chargeOf(order))?.status, 'cancelled')
  assert.equal((await till.attempts(order))[0]?.reason, 'cancelled')
  assert.deepEqual(namesOf(await till.told(order)), ['started', 'failed'])
  await till.press('approve', order)
  assert.equal((await chargeOf(order))?.status, 'cancelled')
  assert.equal((await till.process(order)).statusCode, 409)
  await till.assertBooks()
})

test('a payment the bank still thinks about is cancelled as well', async () => {
  const order = await till.dueOrder()
  await till.press('wait', order)
  assert.equal((await till.attempts(order))[0]?.status, 'processing')
  await cancel(order, 'keep')
  assert.deepEqual(namesOf(await till.told(order)), ['started', 'failed'])
})

test('an order cancelled after it was paid gets its whole sum back (PAY-5)', async () => {
  const order = await till.dueOrder()
  await till.press('approve', order)
  await cancel(order, 'refund')
  const told = await till.told(order)
  assert.deepEqual(namesOf(told), ['started', 'completed', 'refunded'])
  assert.equal(told[2]?.data['refunded_total'], 125_000)
  assert.equal(told[2]?.data['whole'], true)
  assert.equal(await till.held(order), 0)
  await till.assertBooks()
})

test('what was partly given back before gets the rest back', async () => {
  const order = await till.dueOrder(1000)
  await till.press('approve', order)
  assert.equal((await refund(order, 300)).statusCode, 201)
  await cancel(order, 'refund')
  const told = await till.told(order)
  assert.deepEqual(namesOf(told), ['started', 'completed', 'refunded', 'refunded'])
  assert.deepEqual([told[3]?.data['refunded_amount'], told[3]?.data['refunded_total']], [700, 1000])
  await till.assertBooks()
})

test('who asks after the whole sum went back hears that it did, and nothing goes back twice', async () => {
  const order = await till.dueOrder(1000)
  await till.press('approve', order)
  await refund(order, 1000)
  await cancel(order, 'refund')
  await cancel(order, 'keep')
  const told = await till.told(order)
  assert.deepEqual(namesOf(told), ['started', 'completed', 'refunded', 'refunded', 'refunded'])
  assert.equal((await till.refundsOf(order)).length, 1)
})

test('an order that ran out of time but was paid is kept, also when the bank never told us (ORD-5)', async () => {
  const order = await till.dueOrder()
  await bank.buyerSays(order.event_id, 'succeeded')
  await cancel(order, 'keep')
  assert.deepEqual(namesOf(await till.told(order)), ['started', 'completed'])
  assert.equal(await till.held(order), 125_000)
  assert.equal((await till.process(order)).json().status, 'completed')
  await till.assertBooks()
})

test('money we did not know of goes straight back when the order is cancelled: one answer, refunded', async () => {
  const order = await till.dueOrder()
  await bank.buyerSays(order.event_id, 'succeeded')
  await cancel(order, 'refund')
  assert.deepEqual(namesOf(await till.told(order)), ['started', 'refunded'])
  assert.equal(await till.held(order), 0)
  await till.assertBooks()
})

test('a payment-cancellation-requested that comes again gives nothing back a second time', async () => {
  const order = await till.dueOrder()
  await till.press('approve', order)
  await cancel(order, 'refund')
  await till.forgetInbox()
  await till.deliver()
  assert.equal((await till.refundsOf(order)).length, 1)
  assert.equal(await till.held(order), 0)
  await till.assertBooks()
})

test('a bank that falls silent after giving money back has given it back once (PAY-6)', async () => {
  const order = await till.dueOrder()
  await till.press('approve', order)
  let silent = true
  const slow: Provider = {
    ...bank,
    refund: async (input) => {
      const word = await bank.refund(input)
      if (silent) throw new ProviderUnavailable('sandbox')
      return word
    },
  }
  await assert.rejects(cancel(order, 'refund', till.wired('page', slow)), ProviderUnavailable)
  assert.deepEqual(namesOf(await till.told(order)), ['started', 'completed'])
  silent = false
  await till.deliver(till.wired('page', slow))
  assert.deepEqual(namesOf(await till.told(order)), ['started', 'completed', 'refunded'])
  await till.assertBooks()
})

test('a bank that is silent when asked is asked again; nothing is given up unasked (PAY-6)', async () => {
  const order = await till.dueOrder()
  const silent: Provider = { ...bank, query: () => Promise.reject(new ProviderUnavailable('sandbox')) }
  await assert.rejects(cancel(order, 'refund', till.wired('page', silent)), ProviderUnavailable)
  assert.deepEqual(namesOf(await till.told(order)), ['started'])
  await till.deliver()
  assert.deepEqual(namesOf(await till.told(order)), ['started', 'failed'])
})

test('a bank that refuses a refund is not taken for one that did it', async () => {
  const order = await till.dueOrder()
  await till.press('approve', order)
  const stubborn = till.wired('page', { ...bank, refund: async () => 'refused' })
  await assert.rejects(cancel(order, 'refund', stubborn), /was paid while/)
  assert.deepEqual(namesOf(await till.told(order)), ['started', 'completed'])
  await till.deliver()
  assert.deepEqual(namesOf(await till.told(order)), ['started', 'completed', 'refunded'])
  await till.assertBooks()
})

test('approve and cancel in the same moment: money kept nowhere, one end for every order (REL-5)', async () => {
  const orders = Array.from({ length: 20 }, () => till.order())
  await till.say(...orders.map((order) => till.due(order)))
  await till.deliver()
  await till.say(...orders.map((order) => till.notDue(order)))
  const pressed = crowd(20, async (i) => await till.press('approve', orders[i] as Order))
  await till.deliver()
  await pressed
  for (const order of orders) {
    const names = namesOf(await till.told(order))
    assert.ok(['failed', 'refunded'].includes(names.at(-1) ?? ''), names.join())
    assert.equal(names.filter((name) => name === 'failed' || name === 'refunded').length, 1, names.join())
    assert.equal(await till.held(order), 0)
    const charge = await chargeOf(order)
    assert.equal(charge?.status === 'succeeded', names.at(-1) === 'refunded')
  }
  await till.assertBooks()
})

test('starting payment and cancelling in the same moment leaves nothing open (REL-5)', async () => {
  const orders = await Promise.all(Array.from({ length: 10 }, () => till.dueOrder()))
  for (const order of orders) await till.press('decline', order)
  await till.say(...orders.map((order) => till.notDue(order)))
  const processed = crowd(30, async (i) => await till.process(orders[i % 10] as Order, anna))
  await till.deliver()
  for (const answer of await processed)
    assert.ok(answer.status === 'fulfilled' && [200, 409].includes(answer.value.statusCode))
  for (const order of orders) {
    assert.ok((await till.attempts(order)).every(({ status }) => status === 'failed'))
    assert.equal(namesOf(await till.told(order)).at(-1), 'failed')
    assert.equal((await till.process(order)).statusCode, 409)
  }
  await till.assertBooks()
})

test('an attempt that begins while it is called off is refused by the bank, and one answer comes of it (PAY-6)', async () => {
  const order = await till.dueOrder()
  await till.press('decline', order)
  const silent: Provider = { ...bank, start: () => Promise.reject(new ProviderUnavailable('sandbox')) }
  const http = await testServer([till.wired('page', silent)])
  const process = { method: 'POST', url: '/api/v1/payments/process', payload: { order_id: order.id } } as const
  await http.inject({ ...process, headers: { authorization: bearer(anna) } })
  await http.close()
  const interrupted: Provider = {
    ...bank,
    cancel: async (key) => {
      const charge = await bank.cancel(key)
      assert.equal((await till.process(order)).json().status, 'failed')
      return charge
    },
  }
  await cancel(order, 'refund', till.wired('page', interrupted))
  const told = (await till.told(order)).slice(2)
  assert.deepEqual(namesOf(told), ['started', 'failed'])
  await till.assertBooks()
})
