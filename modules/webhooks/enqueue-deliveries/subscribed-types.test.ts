import assert from 'node:assert/strict'
import { test } from 'node:test'
import { systemClock } from '#platform/values'
import { SubscribedTypes } from './subscribed-types.ts'

test('types that were read before an endpoint changed are not kept (CAT-15)', () => {
  const subscribed = new SubscribedTypes(systemClock)
  const keep = subscribed.startReading()
  subscribed.expire()
  keep([])
  assert.equal(subscribed.has('ordering.order-paid.v1'), true)
  subscribed.startReading()(['catalog.product-updated.v1'])
  assert.equal(subscribed.has('ordering.order-paid.v1'), false)
  assert.equal(subscribed.has('catalog.product-updated.v1'), true)
})
