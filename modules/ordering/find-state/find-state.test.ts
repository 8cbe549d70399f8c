import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { anna } from '#platform/testing'
import { newId } from '#platform/values'
import { openCounter, wantTea, type Counter } from '../testing.ts'

let counter: Counter
before(async () => {
  counter = await openCounter()
})
after(async () => await counter.close())

test('who carries parcels may ask whether an order is there and still open (DLV-1)', async () => {
  const { stateOf } = counter.module.api
  const { body } = await counter.ask(anna, 'POST', '/orders', { delivery_method: 'pickup', items: wantTea() })
  assert.equal(await stateOf(newId()), 'not-found')
  assert.equal(await stateOf(body.id), 'open')
  await counter.ask(anna, 'POST', `/orders/${body.id}/cancel`)
  const { status } = (await counter.ask(anna, 'GET', `/orders/${body.id}`)).body
  assert.notEqual(status, 'cancelled', 'the money is still being taken back')
  assert.equal(await stateOf(body.id), 'closed')
})
