import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import Fastify, { type FastifyBaseLogger } from 'fastify'
import { withContext, openLogs, type Log } from './index.ts'

type Line = Record<string, unknown>

function openTestLog(level: 'info' | 'debug' = 'info') {
  const raw: string[] = []
  const logs = openLogs({
    service: 'ordering',
    version: '1.2.3',
    level,
    format: 'json',
    to: { write: (line) => void raw.push(line) },
  })
  return { logs, raw, lines: (): Line[] => raw.map((line) => JSON.parse(line) as Line) }
}

/** The line that `write` logs. */
function lineOf(write: (log: Log) => void): Line {
  const { logs, lines } = openTestLog()
  write(logs('orders'))
  const [line] = lines()
  assert.ok(line)
  return line
}

describe('a log line', () => {
  test('has the time, the level, the part, the message and the version (PLT-16)', () => {
    const line = lineOf((log) =>
      log.info({ action: 'place-order', duration_ms: 4.5, community_id: 'c1' }, 'order placed'),
    )
    assert.match(String(line['timestamp']), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
    const { timestamp: _, ...rest } = line
    assert.deepEqual(rest, {
      level: 'info',
      service: 'ordering',
      version: '1.2.3',
      logger: 'orders',
      action: 'place-order',
      duration_ms: 4.5,
      community_id: 'c1',
      message: 'order placed',
    })
  })

  test('names its request inside that request, and not after it (PLT-16)', async () => {
    const { logs, lines } = openTestLog()
    const log = logs('orders')
    const traceContext = {
      correlation_id: 'k',
      request_id: 'r-1',
      user_id: 'u-1',
      traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
    }
    await withContext(traceContext, async () => {
      await Promise.resolve()
      log.info('inside')
    })
    log.info('outside')
    const [inside, outside] = lines()
    assert.deepEqual(
      ['request_id', 'user_id', 'correlation_id', 'trace_id', 'span_id'].map((name) => inside?.[name]),
      ['r-1', 'u-1', 'k', '4bf92f3577b34da6a3ce929d0e0e4736', '00f067aa0ba902b7'],
    )
    assert.ok(outside && !('request_id' in outside) && !('correlation_id' in outside))
  })

  test('of a part with its own level is written at that level (PLT-1)', () => {
    const { logs, lines } = openTestLog()
    logs('outbox', 'debug').debug('seen')
    logs('orders').debug('not seen')
    assert.deepEqual(
      lines().map((line) => [line['logger'], line['message']]),
      [['outbox', 'seen']],
    )
  })

  test('on a terminal is easy to read (PLT-16)', () => {
    const raw: string[] = []
    const to = { write: (line: string) => void raw.push(line) }
    openLogs({ service: 'posad', version: '1', level: 'info', format: 'pretty', to })('orders').info(
      { password: 'x' },
      'order placed',
    )
    assert.match(raw.join(''), /INFO: orders: order placed \{"password":"\[hidden\]"\}\n$/)
  })
})

describe('never in a log', () => {
  const fields = {
    Authorization: 'Bearer abc',
    cookie: 'sid=1',
    'set-cookie': 'sid=1',
    new_password: 'hunter2',
    refreshToken: 'abc',
    access_token: 'abc',
    JWT_SECRET: 'abc',
    'x-api-key': 'abc',
    init_data: 'abc',
    email: 'anna@example.ru',
    customerEmail: 'anna@example.ru',
    phone: '+79161234567',
    delivery_address: 'Тверская, 1',
    first_name: 'Анна',
    latitude: 55.7,
    card_number: '4111111111111111',
  }
  for (const [name, value] of Object.entries(fields)) {
    test(`${name}, at whatever depth (SEC-4)`, () => {
      const line = lineOf((log) => log.info({ [name]: value, body: { lines: [{ [name]: value }] } }, 'x'))
      assert.deepEqual([line[name], line['body']], ['[hidden]', { lines: [{ [name]: '[hidden]' }] }])
    })
  }

  test('a binding of a child logger, or of its child (SEC-4)', () => {
    const line = lineOf((log) =>
      log.child({ order_id: 'o1', delivery_address: 'Tverskaya 1' }).child({ first_name: 'Anna' }).info('x'),
    )
    assert.deepEqual([line['order_id'], line['delivery_address'], line['first_name']], ['o1', '[hidden]', '[hidden]'])
  })

  const texts: readonly (readonly [string, string])[] = [
    ['no account anna.k+tea@example.co.uk here', 'no account [hidden] here'],
    ['письмо анна@почта.рф ушло', 'письмо [hidden] ушло'],
    ['Authorization: Bearer abc.def-123', 'Authorization: Bearer [hidden]'],
    ['got eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln back', 'got [hidden] back'],
    ['connect postgresql://tea:hunter2@db:5432/shop failed', 'connect postgresql://[hidden]@db:5432/shop failed'],
    ['GET /auth/verify?token=abc&next=/', 'GET /auth/verify?token=[hidden]&next=/'],
    ['calling +7 (916) 123-45-67', 'calling [hidden]'],
    ['calling 8 (916) 123-45-67', 'calling [hidden]'],
    ['refused:\nanna@example.com\nBearer abc.def-123', 'refused:\n[hidden]\nBearer [hidden]'],
    ['token:\neyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln', 'token:\n[hidden]'],
  ]
  for (const [text, written] of texts) {
    test(`free text: ${JSON.stringify(written)} (SEC-4)`, () =>
      assert.equal(lineOf((log) => log.info(text))['message'], written))
  }

  test('harmless text that resembles personal data stays readable', () => {
    const plain =
      'order 0199f1c8-3b1a-7c3e-8f3a-1b2c3d4e5f60 of 2026-11-21T03:25:35.000Z, 89161234567 kopecks, fastify@5.12.8, code=out-of-stock'
    const line = lineOf((log) =>
      log.info({ total: 89161234567, code: '23505', name: 'Oolong', ip: '10.0.0.1', remoteAddress: '::1' }, plain),
    )
    assert.equal(line['message'], plain)
    assert.deepEqual(
      [line['total'], line['code'], line['name'], line['ip'], line['remoteAddress']],
      [89161234567, '23505', 'Oolong', '10.0.0.1', '::1'],
    )
  })

  test('the row that PostgreSQL quotes in an error; the code and the constraint stay (SEC-4)', () => {
    const broken = Object.assign(new Error('duplicate key value violates unique constraint "users_phone_key"'), {
      code: '23505',
      constraint: 'users_phone_key',
      detail: 'Key (phone)=(secret phone) already exists.',
      parameters: ['secret phone'],
    })
    const line = lineOf((log) => log.error(new Error('cannot register anna@example.ru', { cause: broken })))
    const text = JSON.stringify(line)
    assert.doesNotMatch(text, /secret phone|anna@/)
    assert.match(text, /users_phone_key.*23505|23505.*users_phone_key/)
    assert.match(text, /log\.test\.ts/)
  })

  test('the query string of a request: people search for names (SEC-4)', async () => {
    const { logs, raw, lines } = openTestLog()
    const loggerInstance: FastifyBaseLogger = logs('http')
    const http = Fastify({ loggerInstance })
    http.get('/users', () => 'ok')
    await http.inject('/users?search=Anna%20Petrova')
    await http.close()
    assert.doesNotMatch(raw.join(''), /Petrova/)
    assert.deepEqual(
      lines().map((line) => [line['logger'], line['req'] ?? line['res']]),
      [
        ['http', { method: 'GET', path: '/users' }],
        ['http', { status: 200 }],
      ],
    )
  })
})

test('a huge hostile text is scanned in less than two seconds (SEC-1)', () => {
  const { logs } = openTestLog()
  const log = logs('orders')
  const started = performance.now()
  for (const piece of [
    'a',
    '+1',
    '@',
    'a@a.',
    'eyJ.',
    'eyJ-',
    'eyJaaaaa.-',
    'Bearer ',
    '?email=',
    '://a:',
    '8(',
    '?token=',
  ])
    log.info(piece.repeat(200_000 / piece.length))
  assert.ok(performance.now() - started < 2000, `took ${performance.now() - started} ms`)
})
