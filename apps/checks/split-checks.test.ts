import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { recordAct } from '#platform/audit'
import { transaction } from '#platform/db'
import { testDatabase, type TestDatabase } from '#platform/testing'
import { modulesOf, serviceNames, type ServiceName } from '../services/services.ts'
import { checksOfServices } from './checks.ts'

const databases = new Map<ServiceName, TestDatabase>()
before(async () => {
  for (const service of serviceNames) databases.set(service, await testDatabase({ parts: modulesOf(service), size: 2 }))
})
after(async () => {
  for (const database of databases.values()) await database.close()
})

const dbOf = (service: ServiceName) => (databases.get(service) ?? assert.fail(`no database of ${service}`)).db

/** The violations of the checks across modules, by the name of the check. */
async function violations(): Promise<Readonly<Record<string, readonly object[]>>> {
  const apps = Array.from(databases, ([service, { db, url }]) => ({
    db,
    url,
    modules: modulesOf(service).map((name) => ({ name, api: undefined })),
  }))
  const found: Record<string, readonly object[]> = {}
  for (const { name, violations } of checksOfServices(apps)) {
    const rows = name.startsWith('shop.') ? await violations() : []
    if (rows.length > 0) found[name] = rows
  }
  return found
}

/** A completed payment of an order. */
async function insertPayment(order_id: string, user_id: string): Promise<void> {
  await sql`
    insert into payments.payment_requests (subject_id, subject_type, user_id, amount, currency, description, method,
      status, created_at, updated_at)
    values (${order_id}, 'order', ${user_id}, 500, 'RUB', '', 'online', 'open', now(), now())`.execute(dbOf('payments'))
  await sql`
    insert into payments.payments (id, subject_type, subject_id, user_id, amount, currency, method, provider, status,
      transaction_id, completed_at, refunded_amount, created_at, updated_at)
    values (uuidv7(), 'order', ${order_id}, ${user_id}, 500, 'RUB', 'online', 'elsewhere', 'completed', ${order_id}, now(), 0,
      now(), now())`.execute(dbOf('payments'))
}

test('an invariant over two databases finds the payment that has no order, and leaves no table behind (PLT-22)', async () => {
  const [order_id, user_id, stray] = [randomUUID(), randomUUID(), randomUUID()]
  await sql`
    insert into ordering.orders (id, number, user_id, status, items_amount, total_amount, currency, weight_grams, payment_method,
      delivery_method, pickup_point_id, created_at, updated_at, input_hash, paid_at, shipped_at)
    values (${order_id}, 'A-1', ${user_id}, 'shipping', 500, 500, 'RUB', 0, 'online', 'pickup', uuidv7(), now(), now(), '',
      now(), now())`.execute(dbOf('ordering'))
  await insertPayment(order_id, user_id)
  assert.deepEqual(await violations(), {})
  await insertPayment(stray, user_id)
  const found = await violations()
  assert.deepEqual(Object.keys(found), ['shop.payment-has-order'])
  assert.deepEqual(
    found['shop.payment-has-order']?.map((row) => (row as { order_id: string }).order_id),
    [stray],
  )
  const { rows } = await sql`select from pg_namespace where nspname = 'ordering'`.execute(dbOf('payments'))
  assert.equal(rows.length, 0)
})

test('a courier without the permission is found, but not while the change of a role travels (PLT-22, PLT-6)', async () => {
  const id = randomUUID()
  await sql`
    insert into identity.users (id, name, locale, timezone, role, created_at, updated_at)
    values (${id}, 'Пётр', 'ru', 'Europe/Moscow', 'marketer', now(), now() - interval '1 hour')`.execute(dbOf('auth'))
  await sql`
    insert into dispatch.fleet_couriers (id, name, duty, speed_kmh, capacity_grams, capacity_litres, most_parcels, duty_since,
      updated_at)
    values (${id}, 'Пётр', 'off', 15, 15000, 40, 5, now(), now() - interval '1 hour')`.execute(dbOf('delivery'))
  const found = async () => Object.hasOwn(await violations(), 'shop.courier-has-permission')
  assert.equal(await found(), true)
  const change = { actor: { kind: 'program', name: 'admin' }, action: 'permissions_changed' } as const
  await transaction(dbOf('delivery'), async (tx) => await recordAct(tx, change))
  assert.equal(await found(), true, 'identity has the changes of roles')
  await transaction(dbOf('auth'), async (tx) => await recordAct(tx, change))
  assert.equal(await found(), false)
})
