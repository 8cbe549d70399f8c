import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { checkedValues, testDatabase } from '#platform/testing'
import { deactivatedReasons, deliveryStatuses } from './schema.ts'

const { db, close } = await testDatabase()
after(close)

test('the database admits exactly the statuses and reasons of the code (F-71)', async () => {
  assert.deepEqual(await checkedValues(db, 'webhooks.deliveries', 'status'), new Set(deliveryStatuses))
  const reasons = await checkedValues(db, 'webhooks.endpoints', 'deactivated_reason')
  assert.deepEqual(reasons, new Set(deactivatedReasons))
})
