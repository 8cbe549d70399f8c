import assert from 'node:assert/strict'
import { test } from 'node:test'
import { orderCreated } from '#ordering/events'
import { newId } from '#platform/values'
import { bodyOf, dataOf, eventTypes, publicEvents } from './public-events.ts'

test('no event names a person, and each has its type once (CAT-15)', () => {
  const personal = /user|buyer|customer|recipient|phone|email|address|comment|name$/
  const named = publicEvents.flatMap(({ event, fields }) =>
    fields.filter((field) => personal.test(field) && event.type !== 'catalog.product-created.v1'),
  )
  assert.deepEqual(named, [])
  assert.equal(new Set(eventTypes).size, eventTypes.length)
  for (const area of ['catalog.', 'ordering.', 'payments.']) assert.ok(eventTypes.some((type) => type.startsWith(area)))
})

test('a body has the public fields of the payload, and fits the schema that staff read (CAT-15)', () => {
  const exposed = publicEvents.find(({ event }) => event.type === orderCreated.type) ?? assert.fail()
  const data = dataOf(exposed, { order_id: newId(), number: '2026-7K3M9Q', user_id: newId(), later_field: 1 })
  assert.deepEqual(Object.keys(data), ['order_id', 'number'])
  assert.deepEqual(Object.keys(exposed.data.properties), [...exposed.fields])
  const body = bodyOf({ type: orderCreated.type, timestamp: '2026-11-22T09:00:00.000Z', data })
  assert.deepEqual(Object.keys(JSON.parse(body) as object), ['type', 'timestamp', 'data'])
})
