import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { anna, bearer, boris, crowd, testServer } from '#platform/testing'
import { newId } from '#platform/values'
import { ProviderUnavailable, type Provider } from '../index.ts'
import { sandbox } from '../providers/sandbox.ts'
import { namesOf, openTill, type Till } from '../testing.ts'

let till: Till
before(async () => {
  till = await openTill()
})
after(() => till.end())

test('who asks to pay gets the payment that is open, with the place to pay (PAY-1)', async () => {
  const order = await till.dueOrder()
  const answer = await till.process(order)
  assert.equal(answer.statusCode, 200, answer.body)
  const payment = answer.json()
  assert.equal(payment.id, order.event_id)
  assert.equal(payment.status, 'pending')
  assert.equal(payment.confirmation_url, `/pay/${order.id}`)
  assert.equal(payment.amount, 125_000)
  assert.equal((await till.attempts(order)).length, 1)
})

test('after the bank declined, another attempt is made while the money is still due (PAY-1)', async () => {
  const order = await till.dueOrder()
  await till.press('decline', order)
  const again = (await till.process(order)).json()
  assert.notEqual(again.id, order.event_id)
  assert.equal(again.status, 'pending')
  await till.press('approve', order)
  assert.deepEqual(namesOf(await till.told(order)), ['started', 'failed', 'started', 'completed'])
  assert.equal((await till.process(order)).json().id, again.id, 'what is paid is answered, not paid again')
  await till.assertBooks()
})

test('twenty impatient clicks open one payment (REL-5)', async () => {
  const order = await till.dueOrder()
  await till.press('decline', order)
  const answers = await crowd(20, () => till.process(order))
  const ids = new Set(answers.map((answer) => (answer.status === 'fulfilled' ? answer.value.json().id : answer.reason)))
  assert.equal(ids.size, 1)
  assert.equal((await till.attempts(order)).length, 2)
  assert.deepEqual(namesOf(await till.told(order)), ['started', 'failed', 'started'])
  await till.assertBooks()
})

test('nobody pays for another, for nothing, or another way than was agreed (SEC-3)', async () => {
  const order = await till.dueOrder()
  assert.equal((await till.process(order, boris)).statusCode, 404)
  assert.equal((await till.process(till.order())).json().code, 'not-found')
  const cashOrder = await till.dueOrder(5000, 'cash_on_delivery')
  const answer = await till.http.inject({
    method: 'POST',
    url: '/api/v1/payments/process',
    headers: { authorization: bearer(anna) },
    payload: { order_id: cashOrder.id, method: 'online' },
  })
  assert.equal(answer.json().code, 'other-method')
})

test('a bank that does not answer leaves one attempt, and the next click goes on with it (PAY-6)', async () => {
  const bank = sandbox({ db: till.db, mode: 'page' })
  const silent: Provider = { ...bank, start: () => Promise.reject(new ProviderUnavailable('sandbox')) }
  const order = await till.dueOrder()
  await till.press('decline', order)
  const deaf = await testServer([till.wired('page', silent)])
  const answer = await deaf.inject({
    method: 'POST',
    url: '/api/v1/payments/process',
    headers: { authorization: bearer(anna) },
    payload: { order_id: order.id },
  })
  await deaf.close()
  assert.equal(answer.statusCode, 503)
  assert.equal(answer.headers['retry-after'], '5')
  assert.equal((await till.process(order)).json().status, 'pending')
  assert.equal((await till.attempts(order)).length, 2)
  assert.deepEqual(namesOf(await till.told(order)), ['started', 'failed', 'started'])
})

test('who pays in the same breath as he ordered is waited for, not turned away (PAY-2)', async () => {
  const order = { ...till.order(), id: newId() }
  const processed = till.process(order)
  await sleep(100)
  await till.say(till.due(order))
  await till.deliver()
  const answer = await processed
  assert.deepEqual([answer.statusCode, answer.json().status], [200, 'pending'])
})

test('an order of long ago that nobody knows is refused at once', async () => {
  const started = performance.now()
  const answer = await till.process({ ...till.order(), id: '01890a5d-ac96-774b-bcce-b302099a8057' })
  assert.equal(answer.statusCode, 404)
  assert.ok(performance.now() - started < 1000)
})

test('a button pressed before its payment was there is heeded as soon as it is (PAY-3)', async () => {
  const order = { ...till.order(), id: newId() }
  const pressed = till.press('approve', order)
  await sleep(100)
  await till.say(till.due(order))
  await till.deliver()
  assert.equal((await pressed).statusCode, 303)
  assert.equal((await till.attempts(order))[0]?.status, 'completed')
})
