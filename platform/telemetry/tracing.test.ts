import assert from 'node:assert/strict'
import { after, afterEach, beforeEach, test } from 'node:test'
import { eventually } from '#platform/testing'
import { hours } from '#platform/values'
import { activeContext, causedBy, countStatement, inSpan, quietLog, startSpan, startTracing } from './index.ts'
import { openFakeCollector } from './testing/index.ts'

const collector = await openFakeCollector()
after(() => collector.close())

const settings = { endpoint: collector.url, headers: { authorization: 'token' }, serviceName: undefined, ratio: 1 }
const start = (changes: Partial<typeof settings> = {}) =>
  startTracing({ settings: { ...settings, ...changes }, service: 'ordering', version: '1.2.3', log: quietLog })

let stop: () => Promise<void>
beforeEach(async () => {
  collector.answerWith(200)
  stop = await start()
})
afterEach(() => stop())

const named = (name: string) => collector.spans().find((span) => span.name === name)

/** The span of a name, once the last ones are sent. */
async function received(name: string) {
  await stop()
  const span = named(name)
  assert.ok(span, `no span ${name} arrived`)
  return span
}

test('a span within another one is its child, and both carry the name of the program (PLT-18)', async () => {
  await inSpan(
    () => ({ name: 'outer', kind: 'consumer', parent: null }),
    () =>
      inSpan(
        () => ({ name: 'inner', attributes: { 'posad.attempt': 2 } }),
        async () => countStatement(),
      ),
  )
  const inner = await received('inner')
  const outer = await received('outer')
  assert.deepEqual([inner.parent_id, inner.trace_id], [outer.span_id, outer.trace_id])
  assert.deepEqual([outer.parent_id, outer.kind, outer.service], [undefined, 'consumer', 'ordering'])
  assert.deepEqual(inner.attributes, { 'posad.attempt': 2, 'posad.statements': 1 })
  assert.equal(collector.headers()['authorization'], 'token')
})

test('a span continues the trace of a traceparent and links to others (PLT-18)', async () => {
  const trace = '4bf92f3577b34da6a3ce929d0e0e4736'
  const parent = `00-${trace}-00f067aa0ba902b7-01`
  startSpan(() => ({ name: 'continued', parent, links: [`00-${trace}-00f067aa0ba902b8-01`, null, 'nonsense'] }))?.end()
  const span = await received('continued')
  assert.deepEqual([span.trace_id, span.parent_id, span.links], [trace, '00f067aa0ba902b7', ['00f067aa0ba902b8']])
})

test('work that begins hours after its cause begins a trace of its own, with a link (PLT-18)', () => {
  const parent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'
  assert.deepEqual(causedBy(parent, new Date()), { parent })
  assert.deepEqual(causedBy(parent, new Date(Date.now() - hours(2))), { parent: null, links: [parent] })
})

test('an error marks its span as failed, without the address of the customer (PLT-16, PLT-18)', async () => {
  const work = async () => {
    throw new RangeError('no mailbox anna@example.org')
  }
  await assert.rejects(
    inSpan(() => ({ name: 'failing' }), work),
    RangeError,
  )
  const { failed, events } = await received('failing')
  assert.equal(failed, true)
  assert.equal(events[0]?.attributes['exception.type'], 'RangeError')
  assert.equal(events[0]?.attributes['exception.message'], 'no mailbox [hidden]')
  assert.doesNotMatch(JSON.stringify(events), /anna@/)
})

test('a call to another system begins no trace of its own (PLT-18)', async () => {
  await inSpan(
    () => ({ name: 'probe', kind: 'client' }),
    async () => {},
  )
  await stop()
  assert.equal(named('probe'), undefined)
})

test('a share of 0 records no trace, and one that the caller recorded goes on (PLT-18)', async () => {
  await stop()
  stop = await start({ ratio: 0 })
  await inSpan(
    () => ({ name: 'unrecorded' }),
    async () => {
      assert.match(activeContext()?.traceparent ?? '', /-00$/)
    },
  )
  startSpan(() => ({ name: 'recorded', parent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01' }))?.end()
  await received('recorded')
  assert.equal(named('unrecorded'), undefined)
})

test('a collector that is away delays no work, and spans arrive again when it is back (PLT-18)', async () => {
  collector.answerWith(400)
  await inSpan(
    () => ({ name: 'lost' }),
    async () => {},
  )
  await eventually(() => assert.equal(collector.refused(), 1))
  collector.answerWith(200)
  await inSpan(
    () => ({ name: 'later' }),
    async () => {},
  )
  await eventually(() => assert.ok(named('later')))
})

test('a program ends in order while its collector is away (PLT-18, PLT-20)', async () => {
  await stop()
  stop = await start({ endpoint: 'http://127.0.0.1:9' })
  startSpan(() => ({ name: 'unsent' }))?.end()
  await stop()
})

test('without a collector there is no span, and work runs as it is (PLT-18)', async () => {
  await stop()
  stop = await startTracing({
    settings: { ...settings, endpoint: undefined },
    service: 'x',
    version: '1',
    log: quietLog,
  })
  assert.equal(
    startSpan(() => ({ name: 'none' })),
    undefined,
  )
  const work = async () => activeContext()
  assert.equal(await inSpan(() => assert.fail('describes a span'), work), undefined)
})
