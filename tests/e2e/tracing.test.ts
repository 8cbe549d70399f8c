import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { quietLog, startTracing } from '#platform/telemetry'
import { openFakeCollector, type FakeCollector, type ReceivedSpan } from '#platform/telemetry/testing'
import { eventually, expectResponse } from '#platform/testing'
import { openShop, topology, type Shop } from './open-shop.ts'
import { firstOf, orderBecomes, press, toCourier } from './purchase-steps.ts'

let shop: Shop
let collector: FakeCollector
let stop: () => Promise<void>
before(async () => {
  collector = await openFakeCollector()
  const settings = { endpoint: collector.url, headers: {}, serviceName: undefined, ratio: 1 }
  stop = await startTracing({ settings, service: 'posad', version: 'test', log: quietLog })
  shop = await openShop()
})
after(async () => {
  await shop.close()
  await stop()
  await collector.close()
})

/** Waits until every span of one trace has arrived that `names` lists, and returns the trace. */
const traceWith = async (trace_id: string, names: readonly string[]): Promise<readonly ReceivedSpan[]> => {
  const find = () => {
    const trace = collector.spans().filter((span) => span.trace_id === trace_id)
    const missing = names.filter((name) => !trace.some((span) => span.name === name))
    assert.deepEqual(missing, [], `of the trace ${trace.map(({ name }) => name).join(', ')}`)
    return trace
  }
  // The spans of other processes come through a broker, and each process sends its spans every few seconds.
  return await eventually(find, { within: 30_000 })
}

const spanNamed = (spans: readonly ReceivedSpan[], name: string): ReceivedSpan => {
  const found = spans.find((span) => span.name === name)
  assert.ok(found, `there is no span ${name}`)
  return found
}

/** An online order of the cart that was paid on the page of the bank, and its trace. */
async function buyTea() {
  const as = await shop.customer()
  const { variant_id } = await firstOf(shop, 'teas')
  expectResponse(await shop.send(as, 'POST /cart/items', { body: { variant_id, quantity: 1 } }), 200)
  const trace_id = crypto.randomUUID().replaceAll('-', '')
  const sent = { headers: { traceparent: `00-${trace_id}-00f067aa0ba902b7-01` } }
  const response = await shop.send(as, 'POST /orders', { body: toCourier, ...sent })
  const order = { id: (response.body as { id: string }).id, as }
  await orderBecomes(shop, order, 'processing')
  await press(shop, order.id, 'approve')
  await orderBecomes(shop, order, 'shipping')
  return { order, trace_id }
}

test('a checkout is one trace, from the order over the payment to the shipment (PLT-18)', async () => {
  const { trace_id } = await buyTea()
  const trace = await traceWith(trace_id, [
    'POST /api/v1/orders',
    'process ordering.order-created.v1',
    'prepare ordering.payment-requested.v1',
    'process ordering.payment-requested.v1',
    'The payment provider sandbox',
    'process payments.payment-started.v1',
    'process ordering.shipment-requested.v1',
    'process delivery.shipment-created.v1',
  ])
  const request = spanNamed(trace, 'POST /api/v1/orders')
  assert.ok(topology !== 'one' || request.parent_id === '00f067aa0ba902b7', 'the trace of the client goes on')
  assert.equal(request.attributes['http.response.status_code'], 201)
  const ids = new Set(trace.map(({ span_id }) => span_id))
  const orphans = trace.filter(({ parent_id }) => !ids.has(parent_id ?? '') && parent_id !== '00f067aa0ba902b7')
  assert.deepEqual(
    orphans.map(({ name }) => name),
    [],
  )
})

test('the page of the bank has a trace of its own, and the step that it causes links to it (PLT-18)', async () => {
  const { trace_id } = await buyTea()
  const trace = await traceWith(trace_id, ['ordering.checkout payment-completed'])
  const step = spanNamed(trace, 'ordering.checkout payment-completed')
  await eventually(() => {
    const cause = collector.spans().find(({ span_id }) => step.links.includes(span_id))
    assert.equal(cause?.name, 'process payments.payment-completed.v1')
    assert.notEqual(cause.trace_id, trace_id)
  })
})

test('the span of a batch links to its events and counts the statements of the transaction (PLT-18)', async () => {
  const { trace_id } = await buyTea()
  const trace = await traceWith(trace_id, ['process ordering.order-created.v1'])
  const handled = spanNamed(trace, 'process ordering.order-created.v1')
  const batch = await eventually(() => {
    const found = collector.spans().find(({ span_id }) => handled.links.includes(span_id))
    assert.ok(found)
    return found
  })
  assert.match(batch.name, /^batch /)
  assert.ok(batch.links.length >= 1)
  assert.ok(Number(batch.attributes['posad.statements']) >= 1)
})

test('no span has the name, the e-mail or the address of the customer (PLT-16, PLT-18)', async () => {
  await buyTea()
  assert.doesNotMatch(JSON.stringify(collector.spans()), /@example\.org|Посадская|Bearer|token=/)
})
