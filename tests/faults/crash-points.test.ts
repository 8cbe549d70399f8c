import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { sql } from 'kysely'
import type { Db } from '#platform/db'
import { declaredCrashPoints } from '#platform/crash-points'
import { SignedInView } from '#identity/schema'
import { OrderView } from '#ordering/schema'
import { PaymentView } from '#payments/schema'
import { eventually, expectResponse, testDatabase } from '#platform/testing'
import { openApp } from '../../apps/app.ts'
import { checksOf } from '../../apps/checks/checks.ts'
import { readAppConfig } from '../../apps/config/config.ts'
import { seedDemo } from '../../apps/demo/seed.ts'
import { guest, secrets, staff } from '../e2e/open-shop.ts'
import {
  firstOf,
  orderBecomes,
  password,
  paymentsOf,
  press,
  registerCustomer,
  toCourier,
  uniqueEmail,
  type OwnOrder,
} from '../e2e/purchase-steps.ts'
import { openCrashingShop } from './crashing-shop.ts'
import { retryingClient, type RetryingClient } from './retrying-client.ts'

/** How the order ends during which the process dies. */
type Ending = 'fulfilled' | 'cancelled' | 'partly refunded'
type Crash = Readonly<{ point: string; nth: number; ending: Ending }>

/** Each step of the saga passes `saga.stepped`; an order with the given ending passes the other points. */
const crashes: readonly Crash[] = [
  { point: 'ordering.after-hold.before-order', nth: 1, ending: 'fulfilled' },
  { point: 'ordering.after-order.before-answer', nth: 1, ending: 'fulfilled' },
  ...[1, 2, 3, 4].map((nth): Crash => ({ point: 'saga.stepped.before-commit', nth, ending: 'fulfilled' })),
  ...[4, 5, 6].map((nth): Crash => ({ point: 'saga.stepped.before-commit', nth, ending: 'cancelled' })),
  { point: 'events.before-handler', nth: 1, ending: 'fulfilled' },
  { point: 'events.before-handler', nth: 9, ending: 'fulfilled' },
  { point: 'events.before-commit', nth: 3, ending: 'fulfilled' },
  { point: 'events.after-commit.before-checkpoint', nth: 1, ending: 'fulfilled' },
  { point: 'payments.after-provider.before-save', nth: 1, ending: 'fulfilled' },
  { point: 'payments.after-provider.before-save', nth: 2, ending: 'cancelled' },
  { point: 'payments.after-approval.before-settling', nth: 1, ending: 'fulfilled' },
  { point: 'payments.after-refund.before-save', nth: 1, ending: 'cancelled' },
  { point: 'payments.after-request.before-refund', nth: 1, ending: 'partly refunded' },
]

/** The tests of `platform/events`, `modules/payments`, `modules/dispatch` and the workers crash here, and fail when the point is gone. */
const testedElsewhere: readonly string[] = [
  'dispatch.after-report.before-checkpoint',
  'dispatch.after-take.before-offset',
  'dispatch.assigned.before-commit',
  'dispatch.moved.before-commit',
  'events.after-park',
  'events.before-retry',
  'dispatch.planned.before-commit',
  'ingest.after-commit.before-acknowledge',
  'media.after-variants.before-save',
  'payments.after-intent.before-provider',
]

test('every crash point has a test that crashes there (REL-1)', () => {
  const tested = new Set<string>([...crashes.map(({ point }) => point), ...testedElsewhere])
  assert.deepEqual(
    declaredCrashPoints().filter((point) => !tested.has(point)),
    [],
  )
})

for (const crash of crashes) {
  const { point, nth, ending } = crash
  test(`an order that is ${ending} survives kill -9 at ${point}, pass ${nth}: nothing is lost, nothing happens twice (S1)`, async () => {
    await crashDuringOrder(crash)
  })
}

test('the last piece goes to the buyer whose order died after the hold and was sent again (F-7, S1)', async () => {
  const database = await testDatabase({ size: 2 })
  const environment = { ...secrets, DATABASE_URL: database.url, MIGRATE_ON_START: 'false' }
  const app = await openApp({ config: readAppConfig(environment), announce: () => {} })
  await seedDemo(app)
  const shop = await openCrashingShop(environment, 'ordering.after-hold.before-order:1')
  try {
    const client = retryingClient(shop.address)
    const { access_token: as } = await registerCustomer(client)
    const { variant_id } = await firstOf(client, 'teas')
    await sql`update catalog.stock set on_hand = 1 where variant_id = ${variant_id}`.execute(app.db)
    const request = {
      body: { ...toCourier, items: [{ variant_id, quantity: 1 }] },
      headers: { 'idempotency-key': randomUUID() },
    }
    const pending = client.send(as, 'POST /orders', request)
    await eventually(() => assert.deepEqual(shop.exits(), ['SIGKILL']))
    await ageAttempts(app.db)
    const order = expectResponse(await pending, 201, OrderView)
    const { items } = await orderBecomes(client, { id: order.id, as }, 'processing', 30_000)
    assert.equal(items[0]?.quantity, 1)
    const holds = await sql<{ order_id: string }>`select order_id from catalog.holds`.execute(app.db)
    assert.deepEqual(holds.rows, [{ order_id: order.id }])
  } finally {
    await shop.stop()
    await app.close()
    await database.close()
  }
})

/** Moves the start of unfinished attempts into the past: a key whose process died can be used again after a minute. */
const ageAttempts = async (db: Db) =>
  await sql`
    update platform.idempotency set created_at = created_at - interval '2 minutes' where state = 'started'
  `.execute(db)

async function crashDuringOrder({ point, nth, ending }: Crash): Promise<void> {
  const database = await testDatabase({ size: 2 })
  const environment = { ...secrets, DATABASE_URL: database.url, MIGRATE_ON_START: 'false' }
  const app = await openApp({ config: readAppConfig(environment), announce: () => {} })
  await seedDemo(app)
  const shop = await openCrashingShop(
    { ...environment, DELIVERY_SANDBOX: ending === 'cancelled' ? 'manual' : 'auto' },
    `${point}:${nth}`,
  )
  try {
    const order_id = await order(ending, { client: retryingClient(shop.address), db: app.db })
    await eventually(() => assert.equal(shop.exits().length, 1, `${point} was not passed ${nth} times`))
    assert.deepEqual(shop.exits(), ['SIGKILL'])
    const charges = await app.db.selectFrom('payments.sandbox_charges').selectAll().execute()
    assert.equal(charges.length, 1, 'the provider has one charge')
    const { count } = await app.db
      .selectFrom('ordering.orders')
      .select((eb) => eb.fn.countAll<number>().as('count'))
      .executeTakeFirstOrThrow()
    assert.equal(count, 1, `there is one order, ${order_id}`)
    await eventually(async () => {
      for (const { name, violations } of checksOf(app)) assert.deepEqual(await violations({ atRest: true }), [], name)
    })
  } finally {
    await shop.stop()
    await app.close()
    await database.close()
  }
}

type Needs = Readonly<{ client: RetryingClient; db: Db }>

/** Registers a customer, orders, pays, and brings the order to its ending. Returns the id of the order. */
async function order(ending: Ending, { client, db }: Needs): Promise<string> {
  const credentials = { email: uniqueEmail('Anna'), password }
  await client.send(guest, 'POST /auth/register', { body: credentials, accept: [201, 409] })
  const login = await client.send(guest, 'POST /auth/login', { body: credentials })
  const { access_token: as } = expectResponse(login, 200, SignedInView)
  const { variant_id } = await firstOf(client, 'teas')
  const id = randomUUID()
  const body = { ...toCourier, items: [{ variant_id, quantity: 2 }] }
  await client.send(as, `PUT /orders/${id}`, { body, accept: [201] })
  const placed = { id, as }
  await orderBecomes(client, placed, ['processing', 'paid', 'shipping', 'fulfilled'], 30_000)
  await eventually(async () => assert.ok((await press(client, id, 'approve')) < 400), { within: 30_000 })
  await orderBecomes(client, placed, ending === 'cancelled' ? 'shipping' : 'fulfilled', 30_000)
  if (ending === 'cancelled') {
    await client.send(as, `POST /orders/${id}/cancel`)
    await orderBecomes(client, placed, 'cancelled', 30_000)
  }
  if (ending === 'partly refunded') await refundPart(placed, { client, db })
  return id
}

/** Refunds one rouble until the payment shows it. */
async function refundPart(placed: OwnOrder, { client, db }: Needs): Promise<void> {
  const [payment] = await paymentsOf(client, placed)
  assert.ok(payment)
  const body = { amount: 100, reason: 'a torn bag' }
  const headers = { 'idempotency-key': randomUUID() }
  const refund = { body, headers, accept: [200, 201, 202, 409] }
  await eventually(
    async () => {
      await client.send(staff, `POST /admin/payments/${payment.id}/refund`, refund)
      await ageAttempts(db)
      const shown = expectResponse(await client.send(placed.as, `GET /payments/${payment.id}`), 200, PaymentView)
      assert.equal(shown.refunded_amount, 100)
    },
    { within: 30_000 },
  )
}
