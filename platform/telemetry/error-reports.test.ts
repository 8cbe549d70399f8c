import assert from 'node:assert/strict'
import { afterEach, beforeEach, test } from 'node:test'
import { eventually } from '#platform/testing'
import { openLogs, startErrorReports, withContext } from './index.ts'
import { openFakeSentry, type FakeSentry } from './testing/index.ts'

const raw: string[] = []
const logs = openLogs({
  service: 'ordering',
  version: '1.2.3',
  level: 'info',
  format: 'json',
  to: { write: (line) => void raw.push(line) },
})
const log = logs('orders')

let sentry: FakeSentry
let stop: () => Promise<void>
const start = (dsn: string | undefined = sentry.dsn) =>
  startErrorReports({
    settings: { dsn, environment: 'stage' },
    service: 'ordering',
    version: '1.2.3',
    log: logs('sentry'),
  })

beforeEach(async () => {
  raw.length = 0
  sentry = await openFakeSentry()
  stop = await start()
})
afterEach(async () => {
  await stop()
  await sentry.close()
})

/** The only event, once the last ones are sent. */
async function received() {
  await stop()
  const [event, ...others] = sentry.events()
  assert.deepEqual(others, [])
  return event ?? assert.fail('no event arrived')
}

test('an error of the log is an event, with its request and its trace (PLT-18)', async () => {
  const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'
  const context = { request_id: 'r1', user_id: 'u1', correlation_id: 'r1', traceparent }
  const error = Object.assign(new RangeError('17 is too many'), { code: 'too-many' })
  withContext(context, () => log.error({ err: error, order_id: 'o1' }, 'the order failed'))
  const event = await received()
  assert.deepEqual(
    [event.level, event.message, event.logger, event.environment, event.release],
    ['error', 'the order failed', 'orders', 'stage', 'posad@1.2.3'],
  )
  assert.deepEqual(event.tags, { service: 'ordering', logger: 'orders', request_id: 'r1' })
  assert.deepEqual(event.user, { id: 'u1' })
  const { trace_id, span_id } = event.contexts.trace ?? {}
  assert.deepEqual([trace_id, span_id], ['4bf92f3577b34da6a3ce929d0e0e4736', '00f067aa0ba902b7'])
  assert.equal(event.extra['order_id'], 'o1')
  const [exception] = event.exception?.values ?? []
  assert.deepEqual([exception?.type, exception?.value], ['RangeError', '17 is too many'])
  const frame = exception?.stacktrace.frames.at(-1)
  assert.match(frame?.filename ?? '', /error-reports\.test\.ts$/)
  assert.equal(frame?.in_app, true)
})

test('the causes of an error come before it (PLT-18)', async () => {
  log.error({ err: new Error('the order failed', { cause: new TypeError('no total') }) }, 'failed')
  const { exception } = await received()
  assert.deepEqual(
    exception?.values.map(({ type, value }) => [type, value]),
    [
      ['TypeError', 'no total'],
      ['Error', 'the order failed'],
    ],
  )
})

test('a report has no secret and no personal data (SEC-4, PLT-18)', async () => {
  const password = 'hunter2'
  const error = new Error('refused:\nanna@example.org at postgresql://tea:hunter2@db/shop')
  log.error({ err: error, password, buyer: { phone: '+7 916 123-45-67' } }, 'no mail to anna@example.org')
  await received()
  assert.doesNotMatch(sentry.sent(), /anna@|hunter2|916/)
})

test('warnings are not reported (PLT-18)', async () => {
  log.warn({ err: new Error('a slow bank') }, 'the bank is slow')
  await stop()
  assert.equal(sentry.requests(), 0)
})

test('reports pause as long as Sentry asks for it (PLT-18)', async () => {
  sentry.answerWith({ status: 429, headers: { 'retry-after': '1' } })
  log.error('one')
  await eventually(() => assert.match(raw.join(''), /Sentry takes no reports/))
  sentry.answerWith({ status: 200 })
  for (let i = 0; i < 20; i++) log.error('in the pause')
  assert.equal(sentry.requests(), 1)
  await eventually(() => {
    log.error('after the pause')
    assert.ok(sentry.requests() > 1)
  })
  assert.doesNotMatch(sentry.sent(), /in the pause/)
})

test('a Sentry that is away is named once, and once when it is back (PLT-18)', async () => {
  sentry.answerWith({ status: 500 })
  log.error('one')
  log.error('two')
  await eventually(() => assert.equal(sentry.requests(), 2))
  sentry.answerWith({ status: 200 })
  log.error('three')
  await stop()
  const about = raw.map((line) => JSON.parse(line) as { logger: string; message: string })
  assert.deepEqual(
    about.filter(({ logger }) => logger === 'sentry').map(({ message }) => message),
    ['Sentry takes no reports; errors are only in the log', 'Sentry takes reports again'],
  )
})

test('a Sentry that does not answer keeps at most 64 reports, and a program ends in order (PLT-18, PLT-20)', async () => {
  sentry.answerWith(undefined)
  for (let i = 0; i < 200; i++) log.error('again')
  await eventually(() => assert.equal(sentry.requests(), 64))
  const startedAt = performance.now()
  await stop()
  assert.ok(performance.now() - startedAt < 4500, 'the end does not wait for Sentry')
  assert.equal(sentry.requests(), 64)
})

test('without a DSN nothing is reported (PLT-18)', async () => {
  await stop()
  stop = await startErrorReports({
    settings: { dsn: undefined, environment: 'stage' },
    service: 'ordering',
    version: '1.2.3',
    log,
  })
  log.error('unreported')
  assert.equal(sentry.requests(), 0)
})
