import assert from 'node:assert/strict'
import { test } from 'node:test'
import { timelineEvents } from '../../modules/ordering/timeline.ts'
import { eventNames } from '../../web/storefront/parts/order-events.ts'
import { en } from '../../web/storefront/text/en.ts'
import { ru } from '../../web/storefront/text/ru.ts'

test('the page of an order follows every entry of its timeline, and has words for each (ORD-3, WEB-1)', () => {
  assert.deepEqual(eventNames, [...timelineEvents])
  // The new status of the shipment is the text of its entry.
  const worded = timelineEvents.filter((event) => event !== 'shipment-status-changed').toSorted()
  for (const texts of [en, ru]) assert.deepEqual(Object.keys(texts.order.events).toSorted(), worded)
})
