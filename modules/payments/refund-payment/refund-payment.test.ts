import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { anna, bearer, crowd, olga, testServer } from '#platform/testing'
import { newId } from '#platform/values'
import { ProviderUnavailable, type Provider } from '../index.ts'
import { sandbox } from '../providers/sandbox.ts'
import { namesOf, openTill, type Order, type Till } from '../testing.ts'
import { refundIdOf } from './refund-id.ts'

let till: Till
before(async () => {
  till = await openTill()
})
after(() => till.end())

type Asked = Readonly<{ id?: string; amount?: number; key?: string; caller?: typeof olga; http?: Till['http'] }>
const refund = ({ event_id }: Order, { key, caller = olga, http = till.http, ...body }: Asked = {}) =>
  http.inject({
    method: 'POST',
    url: `/api/v1/admin/payments/${event_id}/refund`,
    headers: { authorization: bearer(caller), ...(key && { 'idempotency-key': key }) },
    payload: { ...body, reason: 'broken cup' },
  })
const paidOrder = async (amount: number) => {
  const order = await till.dueOrder(amount)
  await till.press('approve', order)
  return order
}

test('a part goes back, then the rest, each told and booked (PAY-5)', async () => {
  const order = await paidOrder(1000)
  const part = await refund(order, { amount: 400 })
  assert.equal(part.statusCode, 201, part.body)
  assert.deepEqual([part.json().amount, part.json().status], [400, 'done'])
  assert.equal((await till.attempts(order))[0]?.status, 'partially_refunded')
  assert.equal((await refund(order)).json().amount, 600)
  assert.equal((await till.attempts(order))[0]?.status, 'refunded')
  const told = (await till.told(order)).slice(2)
  assert.deepEqual(namesOf(told), ['refunded', 'refunded'])
  assert.deepEqual(
    told.map(({ data }) => [data['refunded_total'], data['whole']]),
    [
      [400, false],
      [1000, true],
    ],
  )
  assert.equal(await till.held(order), 0)
  await till.assertBooks()
})

test('fifty refunds of one payment at once: exactly what was paid goes back (REL-5)', async () => {
  const order = await paidOrder(1000)
  const answers = await crowd(50, () => refund(order, { amount: 30 }))
  const codes = answers.map((answer) => (answer.status === 'fulfilled' ? answer.value.statusCode : 500))
  assert.equal(codes.filter((code) => code === 201).length, 33)
  assert.equal(codes.filter((code) => code === 409).length, 17)
  assert.equal((await till.attempts(order))[0]?.refunded_amount, 990)
  const refused = await refund(order, { amount: 30 })
  assert.deepEqual([refused.json().code, refused.json().refundable_amount], ['exceeds-captured', 10])
  await till.assertBooks()
})

test('one refund sent fifty times goes back once (PAY-5)', async () => {
  const order = await paidOrder(1000)
  const id = newId()
  const answers = await crowd(50, () => refund(order, { id, amount: 100 }))
  const bodies = new Set(
    answers.map((answer) => (answer.status === 'fulfilled' ? answer.value.body : String(answer.reason))),
  )
  assert.equal(bodies.size, 1)
  assert.equal((await till.attempts(order))[0]?.refunded_amount, 100)
  assert.equal(namesOf(await till.told(order)).filter((name) => name === 'refunded').length, 1)
  await till.assertBooks()
})

test('the id of a refund cannot be taken for another sum or payment', async () => {
  const [order, other] = [await paidOrder(1000), await paidOrder(1000)]
  const id = newId()
  await refund(order, { id, amount: 100 })
  assert.equal((await refund(order, { id, amount: 200 })).json().code, 'id-taken')
  assert.equal((await refund(other, { id, amount: 100 })).json().code, 'id-taken')
  await till.assertBooks()
})

test('a repeat under one Idempotency-Key goes on with the refund that was promised (PAY-5)', async () => {
  const order = await paidOrder(1000)
  const key = 'a-key-of-at-least-16'
  const id = refundIdOf({ caller: olga.user_id, payment_id: order.event_id, key })
  assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/)
  assert.equal((await refund(order, { key, amount: 100 })).json().id, id)
  await refund(order, { key, amount: 100 })
  assert.equal((await till.attempts(order))[0]?.refunded_amount, 100)
})

test('a silent bank: the refund is promised, and finished by itself without a second one (PAY-6)', async () => {
  const bank = sandbox({ db: till.db, mode: 'page' })
  const silent: Provider = {
    ...bank,
    refund: async (input) => {
      await bank.refund(input)
      throw new ProviderUnavailable('sandbox')
    },
  }
  const order = await paidOrder(1000)
  const http = await testServer([till.wired('page', silent)])
  const key = 'a-key-for-the-silent-bank'
  const answer = await refund(order, { amount: 600, key, http })
  assert.equal((await refund(order, { amount: 600, key, http })).body, answer.body, 'a repeat goes on with the same')
  await http.close()
  assert.equal(answer.statusCode, 202)
  assert.equal(answer.json().status, 'requested')
  assert.equal((await refund(order, { amount: 600 })).json().code, 'exceeds-captured', 'a promise counts as gone')
  await till.runJob('payments.finish-refunds')
  assert.equal((await till.attempts(order))[0]?.refunded_amount, 600)
  assert.deepEqual(namesOf(await till.told(order)), ['started', 'completed', 'refunded'])
  await till.assertBooks()
})

test('a bank that refuses leaves the money where it is, free for another refund', async () => {
  const bank = sandbox({ db: till.db, mode: 'page' })
  const order = await paidOrder(1000)
  const http = await testServer([till.wired('page', { ...bank, refund: async () => 'refused' })])
  const answer = await refund(order, { http })
  await http.close()
  assert.equal(answer.json().code, 'provider-refused')
  assert.equal(await till.held(order), 1000)
  assert.equal((await refund(order)).statusCode, 201)
  await till.assertBooks()
})

test('only staff with the permission gives money back, and only what was paid (SEC-3)', async () => {
  const order = await till.dueOrder(1000)
  assert.equal((await refund(order, { caller: anna })).statusCode, 403)
  assert.equal((await refund(order)).json().code, 'not-paid')
  assert.equal((await refund(till.order())).statusCode, 404)
  assert.equal((await refund(order, { amount: 0 })).statusCode, 400)
  assert.equal((await refund(order, { amount: 0.5 })).statusCode, 400)
})
