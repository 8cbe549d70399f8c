import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import {
  anna,
  boris,
  crowd,
  expectProblem,
  expectResponse,
  openTestApi,
  statementsOf,
  type TestResponse,
} from '#platform/testing'
import { newId } from '#platform/values'
import { ProviderUnavailable, type Provider } from '../index.ts'
import { sandbox } from '../providers/sandbox.ts'
import { PaymentView } from '../schema.ts'
import { buyerActions, namesOf, openPaymentsTest, payLinks, type Order, type PaymentsTest } from '../testing.ts'

let shop: PaymentsTest
before(async () => {
  shop = await openPaymentsTest()
})
after(() => shop.close())

test('a buyer who wants to pay gets the open payment with the address of its page (PAY-1)', async () => {
  const order = await shop.startedOrder()
  const payment = await shop.processed(order)
  assert.equal(payment.id, order.event_id)
  assert.equal(payment.status, 'pending')
  assert.equal(payment.confirmation_url, `https://shop.example${payLinks.pathOf(order.id)}`)
  assert.equal(payment.amount, 125_000)
  assert.equal((await shop.paymentsOf(order)).length, 1)
})

test('after the bank declined, the buyer starts another payment of the same order (PAY-1)', async () => {
  const order = await shop.startedOrder()
  await shop.press('decline', order)
  const second = await shop.processed(order)
  assert.notEqual(second.id, order.event_id)
  assert.equal(second.status, 'pending')
  await shop.press('approve', order)
  assert.deepEqual(namesOf(await shop.eventsOf(order)), ['started', 'failed', 'started', 'completed'])
  assert.equal((await shop.processed(order)).id, second.id, 'the completed payment is the answer, no third one starts')
  await shop.assertNoViolations()
})

test('twenty impatient clicks open one payment (REL-5)', async () => {
  const order = await shop.startedOrder()
  await shop.press('decline', order)
  const clicks = await crowd(20, () => shop.processed(order))
  const ids = new Set(clicks.map((click) => (click.status === 'fulfilled' ? click.value.id : click.reason)))
  assert.equal(ids.size, 1)
  assert.equal((await shop.paymentsOf(order)).length, 2)
  assert.deepEqual(namesOf(await shop.eventsOf(order)), ['started', 'failed', 'started'])
  await shop.assertNoViolations()
})

test('a buyer pays neither an order of another buyer, nor an unknown order, nor by another method (SEC-3)', async () => {
  const order = await shop.startedOrder()
  expectProblem(await shop.process(order, boris), 404, 'not-found')
  expectProblem(await shop.process(shop.newOrder()), 404, 'not-found')
  const cashOrder = await shop.startedOrder(5000, 'cash_on_delivery')
  const body = { order_id: cashOrder.id, method: 'online' }
  expectProblem(await shop.api.send(anna, 'POST /payments/process', { body }), 409, 'other-method')
})

test('a bank that does not answer leaves one payment, and the next click continues it (PAY-6)', async () => {
  const bank = sandbox({ db: shop.db, mode: 'page' })
  const silent: Provider = { ...bank, start: () => Promise.reject(new ProviderUnavailable('sandbox')) }
  const order = await shop.startedOrder()
  await shop.press('decline', order)
  const api = await openTestApi([shop.moduleWith({ provider: silent })])
  const response = await api.send(anna, 'POST /payments/process', { body: { order_id: order.id } })
  await api.close()
  expectProblem(response, 503, 'provider-unavailable')
  assert.equal(response.headers['retry-after'], '5')
  assert.equal((await shop.processed(order)).status, 'pending')
  assert.equal((await shop.paymentsOf(order)).length, 2)
  assert.deepEqual(namesOf(await shop.eventsOf(order)), ['started', 'failed', 'started'])
})

/** Publishes `payment-requested` after the action of the buyer has begun to wait for it. */
async function duringWait(act: (buyer: ReturnType<typeof buyerActions>) => Promise<TestResponse>, order: Order) {
  const waiting = Promise.withResolvers<void>()
  const now = () => (waiting.resolve(), new Date())
  const api = await openTestApi([shop.moduleWith({ now })])
  const response = act(buyerActions(api))
  await Promise.race([waiting.promise, response])
  await shop.publish(shop.requested(order))
  await shop.deliver()
  return await response.finally(api.close)
}

test('a buyer who pays right after ordering waits until the payment is requested (PAY-2)', async () => {
  const order = { ...shop.newOrder(), id: newId() }
  const processed = await duringWait((buyer) => buyer.process(order), order)
  assert.equal(expectResponse(processed, 200, PaymentView).status, 'pending')
})

/** The statements about payments, without the sandbox bank's. */
const statementsAbout = async (work: () => Promise<unknown>) =>
  (await statementsOf(async () => void (await work())))
    .map(({ text }) => text.trim())
    .filter((text) => text !== 'select' && !text.includes('payments.sandbox'))

test('a payment that was started or settled is returned from one statement, without a transaction (PAY-1, PERF-2)', async () => {
  const order = await shop.startedOrder()
  for (const status of ['pending', 'completed']) {
    const statements = await statementsAbout(async () =>
      assert.equal(expectResponse(await shop.process(order), 200, PaymentView).status, status),
    )
    assert.equal(statements.length, 1, statements.join(';\n'))
    await shop.press('approve', order)
  }
  const refused = await statementsAbout(async () => expectProblem(await shop.process(order, boris), 404, 'not-found'))
  assert.equal(refused.length, 1)
})

test('only a payment that the buyer starts takes transactions, and it is saved before the bank gets it (PAY-6, PERF-2)', async () => {
  const order = await shop.startedOrder()
  await shop.press('decline', order)
  const statements = await statementsOf(async () => void (await shop.processed(order)))
  const steps = statements.map(({ text }) => text.trim()).filter((text) => text !== 'select')
  const kinds = [/left join/, /^begin/, /for update/, /order by/, /^insert into "payments"/, /^commit/]
  const afterwards = [
    /^insert into payments.sandbox_charges/,
    /^begin/,
    /for update/,
    /^with change/,
    /event/,
    /^commit/,
  ]
  const expected = [...kinds, ...afterwards]
  assert.equal(steps.length, expected.length, steps.join(';\n'))
  for (const [i, step] of steps.entries()) assert.match(step, expected[i] ?? /^$/)
})

test('the response to a started payment is stored under its Idempotency-Key (rule 8)', async () => {
  const order = await shop.startedOrder()
  const options = { body: { order_id: order.id }, headers: { 'idempotency-key': newId() } }
  const first = await shop.api.send(anna, 'POST /payments/process', options)
  await shop.press('approve', order)
  const again = await shop.api.send(anna, 'POST /payments/process', options)
  assert.deepEqual([again.text, again.headers['idempotent-replay']], [first.text, 'true'])
})

test('a buyer who waits gets the payment with the commit of the event, by at most two reads (PAY-2, PERF-2)', async (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] })
  const order = { ...shop.newOrder(), id: newId() }
  const isWaiting = Promise.withResolvers<void>()
  const module = shop.moduleWith({ mode: 'auto', now: () => (isWaiting.resolve(), new Date()) })
  const api = await openTestApi([module])
  const statements = await statementsAbout(async () => {
    const response = buyerActions(api).process(order)
    await Promise.race([isWaiting.promise, response])
    await shop.publish(shop.requested(order))
    await shop.deliver(module)
    assert.equal(expectResponse(await response, 200, PaymentView).status, 'completed')
  })
  await api.close()
  const reads = statements.filter((text) => text.includes('left join payments.payments as payment'))
  // A slow machine may send the first read after the commit: it is then the only one.
  assert.ok(reads.length <= 2, `${reads.length} reads`)
  assert.equal(statements.filter((text) => text.startsWith('with change')).length, 1)
})

test('a buyer without a free slot is asked to try again, not answered that the order is unknown (F-39, PAY-2)', async () => {
  const unknown = crowd(5, () => shop.process({ ...shop.newOrder(), id: newId() }))
  const order = { ...shop.newOrder(), id: newId() }
  const response = await shop.process(order)
  expectProblem(response, 503, 'payment-not-ready')
  assert.equal(response.headers['retry-after'], '1')
  await shop.publish(shop.requested(order))
  await shop.deliver()
  assert.equal((await shop.processed(order)).status, 'pending')
  await unknown
})

test('an unknown order of long ago is refused at once', async () => {
  const started = performance.now()
  const order = { ...shop.newOrder(), id: '01890a5d-ac96-774b-bcce-b302099a8057' }
  expectProblem(await shop.process(order), 404, 'not-found')
  assert.ok(performance.now() - started < 1000)
})

test('a button that is pressed before the payment exists takes effect as soon as it does (PAY-3)', async () => {
  const order = { ...shop.newOrder(), id: newId() }
  expectResponse(await duringWait((buyer) => buyer.press('approve', order), order), 303)
  assert.equal((await shop.paymentsOf(order))[0]?.status, 'completed')
})
