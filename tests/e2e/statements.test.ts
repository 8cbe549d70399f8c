import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { CartView } from '#cart/schema'
import { PaymentView } from '#payments/schema'
import { installJobs } from '#platform/jobs'
import { openLogs } from '#platform/telemetry'
import { deliverEvents, expectProblem, expectResponse, statementsOf, testDatabase } from '#platform/testing'
import { newId } from '#platform/values'
import { openApp, type App } from '../../apps/app.ts'
import { readAppConfig } from '../../apps/config/config.ts'
import { seedDemo } from '../../apps/demo/seed.ts'
import { openServer } from '../../apps/run.ts'
import { senderTo, type Send } from './http-client.ts'
import { firstOf, placeOrder, registerCustomer, showOrder, toPickup } from './purchase-steps.ts'
import { secrets } from './secrets.ts'

let app: App
let send: Send
let close: () => Promise<void>
before(async () => {
  const database = await testDatabase()
  const settings = {
    DATABASE_URL: database.url,
    MIGRATE_ON_START: 'false',
    PAYMENT_SANDBOX: 'auto',
    ...secrets,
    MAX_OPEN_ORDERS: '5',
  }
  await installJobs(database.pool)
  app = await openApp({ config: readAppConfig(settings), announce: () => {} })
  await seedDemo(app)
  const server = await openServer({ app, logs: openLogs({ service: 'posad', version: 'test', level: 'error' }) })
  send = senderTo(await server.listen({ port: 0, host: '127.0.0.1' }))
  close = async () => {
    await server.close()
    await app.close()
    await database.close()
  }
})
after(() => close())

/** The statements of a step, without the check of an idle connection. */
async function statementsIn(work: () => Promise<unknown>): Promise<readonly string[]> {
  const statements = await statementsOf(async () => void (await work()))
  return statements.map(({ text }) => text).filter((text) => text !== 'select')
}

/** The same without the read of the session, which is cached for five seconds. */
const stepOf = async (work: () => Promise<unknown>) =>
  (await statementsIn(work)).filter((text) => !text.includes('identity'))

/** Adds a tea and a flower to the cart. */
async function fillCart(as: string) {
  for (const category of ['teas', 'flowers']) {
    const { variant_id } = await firstOf({ send }, category)
    expectResponse(await send(as, 'POST /cart/items', { body: { variant_id, quantity: 1 } }), 200, CartView)
  }
}

/** A new buyer fills a cart, places the order, pays it and looks at it. Returns the statements of each step. */
async function checkOut() {
  const { access_token: as } = await registerCustomer({ send })
  expectResponse(await send(as, 'GET /cart'), 200, CartView)
  const adding = await stepOf(() => fillCart(as))
  let id = ''
  const ordering = await stepOf(async () => ({ id } = await placeOrder({ send }, as, toPickup)))
  await deliverEvents(app.db, app.modules)
  const paying = await stepOf(async () => {
    const response = await send(as, 'POST /payments/process', { body: { order_id: id } })
    assert.equal(expectResponse(response, 200, PaymentView).status, 'completed')
  })
  const looking = await stepOf(async () => {
    assert.equal((await showOrder({ send }, { id, as })).payment.status, 'completed')
  })
  return { adding, ordering, paying, looking }
}

test('a buyer fills a cart, orders, pays and looks with 30 statements and 6 commits at most (ORD-1, PAY-2, PERF-2)', async () => {
  const { adding, ordering, paying, looking } = await checkOut()
  assert.deepEqual([paying.length, looking.length], [1, 1])
  const all = [...adding, ...ordering, ...paying, ...looking]
  assert.ok(all.length <= 30, `${all.length} statements: ${all.join(';\n')}`)
  assert.ok(all.filter((text) => text === 'commit').length <= 6)
})

/** The columns of a row that a copy of it has of its own, as SQL; `n` counts the copies. */
const ownColumns = {
  'catalog.variants': `'id', uuidv7(), 'product_id', uuidv7(), 'sku', 'other-' || n`,
  'catalog.stock': `'variant_id', uuidv7(), 'on_hand', n`,
  'catalog.holds': `'order_id', uuidv7(), 'claims', n`,
  'catalog.hold_items': `'order_id', uuidv7(), 'ordered', n`,
  'cart.carts': `'id', uuidv7(), 'version', uuidv7(), 'coupon', n`,
  'cart.items': `'cart_id', uuidv7(), 'quantity', 1 + n % 90`,
  'ordering.orders': `'id', uuidv7(), 'number', 'other-' || n, 'cart_version', uuidv7()`,
  'ordering.lines': `'order_id', uuidv7(), 'position', n`,
  'ordering.timeline': `'order_id', uuidv7(), 'number', n`,
  'ordering.open_orders': `'order_id', uuidv7(), 'buyer_key', 'other-' || n`,
  'payments.payment_requests': `'subject_id', uuidv7(), 'amount', n`,
  'payments.payments': `'id', uuidv7(), 'subject_id', uuidv7(), 'amount', n`,
  'payments.ledger': `'transfer_id', uuidv7(), 'payment_id', uuidv7(), 'entry_id', 1000000 + n`,
  'delivery.shipments': `'id', uuidv7(), 'order_id', uuidv7(), 'tracking_token', 'other-' || n`,
  'platform.saga': `'key', uuidv7(), 'version', n, 'status', 'running', 'timeout_at', now() + interval '1 hour'`,
}

/** Leaves a cart with goods, and their order, of which no event is delivered yet. */
async function leaveOrder() {
  const { access_token: as } = await registerCustomer({ send })
  await fillCart(as)
  await placeOrder({ send }, as, toPickup)
}

/** Copies one row of each table `count` times: what other buyers left. */
async function addOthers(count: number) {
  const copies = Object.entries(ownColumns).map(
    ([table, own]) => `
      insert into ${table} overriding system value select copied.* from (select one from ${table} as one limit 1) as first,
        generate_series(1, ${count}) as n, jsonb_populate_record(first.one, jsonb_build_object(${own})) as copied`,
  )
  const withoutTriggers = 'set local session_replication_role = replica'
  await app.pool.query(['begin', withoutTriggers, ...copies, 'commit'].join(';'))
  for (const table of Object.keys(ownColumns)) {
    const { rows } = await app.pool.query<{ count: number }>(`select count(*)::int as count from ${table}`)
    assert.ok((rows[0]?.count ?? 0) >= count, `${table} had no row to copy`)
  }
}

/** The rows of tables that all sessions of the app have read, one after the other and by an index. */
async function countRowsRead(): Promise<number> {
  const sessions = await Promise.all(Array.from({ length: app.pool.totalCount }, () => app.pool.connect()))
  for (const session of sessions) await session.query('select pg_stat_force_next_flush()')
  for (const session of sessions) session.release()
  const { rows } = await app.pool.query<{ read: number }>(`
    select sum(seq_tup_read + coalesce(idx_tup_fetch, 0))::int as read from pg_stat_user_tables`)
  return rows[0]?.read ?? 0
}

test('a checkout reads as many rows among 5,000 other orders and variants (PERF-1, PERF-5)', async () => {
  await checkOut() // opens the sessions, and their plans
  const rowsOf = async () => {
    const before = await countRowsRead()
    await checkOut()
    return (await countRowsRead()) - before
  }
  const alone = await rowsOf()
  await leaveOrder()
  await addOthers(5000)
  const among = await rowsOf()
  assert.ok(among < alone + 1000, `${alone} rows, and ${among} among others`)
})

test('a session that was read a moment ago costs no statement, and is refused once it has ended (ID-5, PERF-2)', async () => {
  const { access_token: as } = await registerCustomer({ send })
  const me = () => send(as, `GET /orders/${newId()}`)
  expectProblem(await me(), 404, 'not-found')
  const statements = await statementsIn(async () => expectProblem(await me(), 404, 'not-found'))
  assert.equal(statements.length, 1, statements.join(';\n'))
  expectResponse(await send(as, 'POST /auth/logout-all'), 204)
  expectProblem(await me(), 401, 'unauthorized')
})
