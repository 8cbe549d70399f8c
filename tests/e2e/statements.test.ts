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
  const settings = { DATABASE_URL: database.url, MIGRATE_ON_START: 'false', PAYMENT_SANDBOX: 'auto', ...secrets }
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

/** Adds two products to the cart of a new buyer, places the order, pays it and looks at it; returns the statements of each step. */
async function checkOut() {
  const { access_token: as } = await registerCustomer({ send })
  const goods = [await firstOf({ send }, 'teas'), await firstOf({ send }, 'flowers')]
  expectResponse(await send(as, 'GET /cart'), 200, CartView)
  const add = async ({ variant_id }: { variant_id: string }) =>
    expectResponse(await send(as, 'POST /cart/items', { body: { variant_id, quantity: 1 } }), 200, CartView)
  const adding = await stepOf(async () => {
    for (const product of goods) await add(product)
  })
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

/** Adds rows that the buyer of a test does not ask for: variants with stock, running checkouts, lines of other orders. */
async function addOthers(count: number) {
  const copy = (table: string, changes: string) => `
    insert into ${table} select copied.* from (select one from ${table} as one limit 1) as first, generate_series(1, ${count}) as n,
      jsonb_populate_record(first.one, ${changes}) as copied`
  await app.pool.query(`begin;
    set local session_replication_role = replica; -- no trigger and no foreign key
    ${copy('catalog.variants', `jsonb_build_object('id', uuidv7(), 'product_id', uuidv7(), 'sku', 'other-' || n)`)};
    insert into catalog.stock (variant_id, on_hand, policy) select id, 10, 'track' from catalog.variants where sku like 'other-%';
    ${copy('platform.saga', `jsonb_build_object('key', uuidv7(), 'version', n, 'status', 'running', 'timeout_at', now() + interval '1 hour')`)};
    ${copy('ordering.lines', `jsonb_build_object('order_id', uuidv7(), 'position', n)`)};
    commit`)
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

test('a checkout reads as many rows among 5,000 other variants, checkouts and lines (PERF-1, PERF-5)', async () => {
  await checkOut() // opens the sessions, and their plans
  const rowsOf = async () => {
    const before = await countRowsRead()
    await checkOut()
    return (await countRowsRead()) - before
  }
  const alone = await rowsOf()
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
