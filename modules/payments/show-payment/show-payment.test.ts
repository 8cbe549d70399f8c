import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { anna, bearer, boris, guest, olga } from '#platform/testing'
import { newId } from '#platform/values'
import { openTill, type Till } from '../testing.ts'

let till: Till
before(async () => {
  till = await openTill()
})
after(() => till.end())

const get = (path: string, caller: Parameters<typeof bearer>[0] = anna) =>
  till.http.inject({ url: `/api/v1/payments/${path}`, headers: { authorization: bearer(caller) } })

test('a buyer sees the payments of an order, newest first (PAY-1)', async () => {
  const order = await till.dueOrder()
  await till.press('decline', order)
  const second = (await till.process(order)).json()
  const list = (await get(`order/${order.id}`)).json()
  assert.deepEqual([list.total, list.items.map(({ id }: { id: string }) => id)], [2, [second.id, order.event_id]])
  assert.deepEqual(list.items[1].reason, 'declined')
  assert.deepEqual((await get(second.id)).json(), list.items[0])
})

test('what is not yours is not there, for staff it is (SEC-3)', async () => {
  const order = await till.dueOrder()
  for (const path of [order.event_id, `order/${order.id}`]) {
    assert.equal((await get(path, boris)).statusCode, 404)
    assert.equal((await get(path, guest)).statusCode, 401)
    assert.equal((await get(path, olga)).statusCode, 200)
  }
  assert.equal((await get(newId())).statusCode, 404)
  assert.equal((await get(`order/${newId()}`)).statusCode, 404)
})

test('an order called off before it was due is nobody’s (SEC-3)', async () => {
  const order = till.order()
  await till.say(till.notDue(order))
  await till.deliver()
  assert.equal((await get(`order/${order.id}`)).statusCode, 404)
})
