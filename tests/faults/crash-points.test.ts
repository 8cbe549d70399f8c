import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { sql } from 'kysely'
import type { Db } from '#platform/db'
import { declaredCrashPoints } from '#platform/crash-points'
import { eventually, testDatabase } from '#platform/testing'
import { seedDemo } from '../../apps/demo/seed.ts'
import { openApp } from '../../apps/app.ts'
import { readAppConfig } from '../../apps/config.ts'
import { checksOf } from '../../apps/checks.ts'
import { openMortalShop, persistently } from './mortal-shop.ts'

const staff = 'staff-token-that-nobody-guesses-0123456789'
const secrets = { ADMIN_API_TOKEN: staff, JWT_SECRET: 'a-secret-for-tests-only-0123456789abcdef', RATE_LIMITS: 'off' }

type Story = 'bought' | 'called off' | 'given back'
type Visit = Readonly<{ point: string; nth: number; story: Story }>

/** Each step of the saga is one visit of `saga.stepped`; the other points are visited in the story that passes them. */
const visits: readonly Visit[] = [
  { point: 'ordering.after-hold.before-order', nth: 1, story: 'bought' },
  { point: 'ordering.after-order.before-answer', nth: 1, story: 'bought' },
  ...[1, 2, 3, 4].map((nth): Visit => ({ point: 'saga.stepped.before-commit', nth, story: 'bought' })),
  ...[4, 5, 6].map((nth): Visit => ({ point: 'saga.stepped.before-commit', nth, story: 'called off' })),
  { point: 'events.before-handler', nth: 1, story: 'bought' },
  { point: 'events.before-handler', nth: 9, story: 'bought' },
  { point: 'events.before-commit', nth: 3, story: 'bought' },
  { point: 'events.after-commit.before-checkpoint', nth: 1, story: 'bought' },
  { point: 'payments.after-provider.before-save', nth: 1, story: 'bought' },
  { point: 'payments.after-provider.before-save', nth: 2, story: 'called off' },
  { point: 'payments.after-approval.before-settling', nth: 1, story: 'bought' },
  { point: 'payments.after-refund.before-save', nth: 1, story: 'called off' },
  { point: 'payments.after-request.before-refund', nth: 1, story: 'given back' },
]

/** Visited by the tests of the engine and of payments themselves, which fail when the point is gone. */
const visitedElsewhere: readonly string[] = [
  'events.after-park',
  'events.before-retry',
  'payments.after-intent.before-provider',
]

test('every crash point is visited by some test (REL-1)', () => {
  const visited = new Set<string>([...visits.map(({ point }) => point), ...visitedElsewhere])
  assert.deepEqual(
    declaredCrashPoints().filter((point) => !visited.has(point)),
    [],
  )
})

for (const visit of visits) {
  test(`kill -9 at ${visit.point}, time ${visit.nth}, of an order that is ${visit.story}: nothing lost, nothing twice (S1)`, async () => {
    await live(visit)
  })
}

async function live({ point, nth, story }: Visit): Promise<void> {
  const database = await testDatabase({ size: 2 })
  const environment = { ...secrets, DATABASE_URL: database.url, MIGRATE_ON_START: 'false' }
  const app = await openApp({ config: readAppConfig(environment), announce: () => {} })
  await seedDemo(app)
  const shop = await openMortalShop(
    { ...environment, DELIVERY_SANDBOX: story === 'called off' ? 'manual' : 'auto' },
    `${point}:${nth}`,
  )
  try {
    const order_id = await publish(story, { address: shop.address, db: app.db })
    await persistently(
      async () => assert.equal(shop.deaths().length, 1, `${point} was not reached the ${nth}th time`),
      5000,
    )
    assert.deepEqual(shop.deaths(), ['SIGKILL'])
    const charges = await app.db.selectFrom('payments.sandbox_charges').selectAll().execute()
    assert.equal(charges.length, 1, 'one charge at the bank')
    const { count } = await app.db
      .selectFrom('ordering.orders')
      .select((eb) => eb.fn.countAll<number>().as('count'))
      .executeTakeFirstOrThrow()
    assert.equal(count, 1, `one order, ${order_id}`)
    await eventually(async () => {
      for (const { name, violations } of checksOf(app)) assert.deepEqual(await violations(), [], name)
    })
  } finally {
    await shop.stop()
    await app.close()
    await database.close()
  }
}

/** Lives a story as a client that repeats whatever was not answered, with the same ids and keys. */
async function publish(story: Story, { address, db }: { address: string; db: Db }): Promise<string> {
  const ask = asker(address)
  const email = `anna-${randomUUID()}@example.org`
  const password = 'oolong and peonies 7'
  await ask('POST', '/auth/register', { body: { email, password }, accept: [201, 409] })
  const as = (await ask('POST', '/auth/login', { body: { email, password } })).access_token
  const [tea] = (await ask('GET', '/catalog/teas?in_stock=true')).items
  const id = randomUUID()
  const body = {
    delivery_method: 'courier',
    delivery_address: 'Коломна, Посадская 3',
    items: [{ variant_id: tea.variant_id, quantity: 2 }],
  }
  await ask('PUT', `/orders/${id}`, { as, body, accept: [201] })
  await arrives(ask, { id, as }, 'processing', 'paid', 'shipping', 'fulfilled')
  await persistently(async () => await pressApprove(address, id))
  await arrives(ask, { id, as }, story === 'called off' ? 'shipping' : 'fulfilled')
  if (story === 'called off') {
    await ask('POST', `/orders/${id}/cancel`, { as })
    await arrives(ask, { id, as }, 'cancelled')
  }
  if (story === 'given back') await giveBack(ask, { id, as, db })
  return id
}

/** The key of a request whose process died is free again after a minute: the test lets that minute pass at once. */
async function giveBack(ask: Ask, { id, as, db }: { id: string; as: string; db: Db }): Promise<void> {
  const [payment] = [await ask('GET', `/payments/order/${id}`, { as })].flatMap((list) => list.items ?? list)
  const refund = { as: staff, body: { amount: 100, reason: 'a torn bag' }, key: randomUUID() }
  await persistently(async () => {
    await ask('POST', `/admin/payments/${payment.id}/refund`, { ...refund, accept: [200, 201, 202, 409] })
    await sql`update platform.idempotency set created_at = created_at - interval '2 minutes' where state = 'started'`.execute(
      db,
    )
    assert.equal((await ask('GET', `/payments/${payment.id}`, { as })).refunded_amount, 100)
  })
}

type Asked = Readonly<{ as?: string; body?: object; key?: string; accept?: readonly number[] }>
type Ask = (method: string, path: string, asked?: Asked) => Promise<any>

const asker =
  (address: string): Ask =>
  async (method, path, { as, body, key, accept = [200, 201, 202] } = {}) =>
    await persistently(async () => {
      const answer = await fetch(`${address}/api/v1${path}`, {
        method,
        headers: {
          ...(as && { authorization: `Bearer ${as}` }),
          ...(key && { 'idempotency-key': key }),
          ...(body && { 'content-type': 'application/json' }),
        },
        ...(body && { body: JSON.stringify(body) }),
      })
      const said = await answer.json()
      if (!accept.includes(answer.status))
        throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(said)}`)
      return said
    })

const arrives = async (ask: Ask, { id, as }: { id: string; as: string }, ...statuses: string[]) =>
  await persistently(async () => {
    const order = await ask('GET', `/orders/${id}`, { as })
    if (!statuses.includes(order.status)) throw new Error(`${order.status}: ${JSON.stringify(order.timeline)}`)
  })

async function pressApprove(address: string, id: string): Promise<void> {
  const answer = await fetch(`${address}/pay/${id}/approve`, {
    method: 'POST',
    headers: { origin: address, 'content-type': 'application/x-www-form-urlencoded' },
    redirect: 'manual',
  })
  if (answer.status >= 400) throw new Error(`approve: ${answer.status}`)
}
