import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { accountsMerged, emailVerified, mergeReverted, userDeleted } from '#identity/events'
import { transaction } from '#platform/db'
import type { NewEvent } from '#platform/events'
import {
  assertNoViolations,
  customer,
  eventually,
  expectProblem,
  expectResponse,
  guest,
  runJob,
} from '#platform/testing'
import { newId } from '#platform/values'
import { OrderView } from '../schema.ts'
import { openOrderingTest, teaItems, type OrderingTest } from '../testing.ts'

let shop: OrderingTest
before(async () => {
  shop = await openOrderingTest({ limits: { maxOpenOrders: 4, maxHeldPerVariant: 0 } })
})
after(() => shop.close())

type User = Readonly<{ user_id: string }>
let last = 100
/** Three accounts that no other test uses. */
const accounts = () => [customer(++last), customer(++last), customer(++last)] as const

const merge = ({ user_id: from }: User, { user_id: into }: User, merge_id = newId()) => ({ merge_id, from, into })
const body = { delivery_method: 'pickup', items: teaItems() }
const place = async (buyer: ReturnType<typeof customer>) => (await shop.place(buyer, body)).id
const ownerOf = async (id: string) =>
  (
    await shop.db
      .selectFrom('ordering.orders')
      .select(['user_id', 'merged_from'])
      .where('id', '=', id)
      .executeTakeFirstOrThrow()
  ).user_id
const newOwners = async (id: string) =>
  (await shop.published(id, 'ordering.order-owner-changed.v1')).map(({ data }) => data['user_id'])
const deliver = async (...events: readonly NewEvent[]) => assert.deepEqual(await shop.deliver(...events), [])

test('the orders of a merged account are those of the survivor, once, and come back with the reversal (ORD-8, ID-12)', async () => {
  const [from, into, other] = accounts()
  const [moved, own, ofOther] = [await place(from), await place(into), await place(other)]
  const merged = merge(from, into)
  for (let times = 0; times < 2; times++) await deliver(accountsMerged(merged))
  assert.equal((await shop.show(into, moved)).id, moved)
  expectProblem(await shop.send(from, `GET /orders/${moved}`), 404, 'not-found')
  const later = await place(into)
  assert.deepEqual(await newOwners(moved), [into.user_id])
  await assertNoViolations(shop.module)

  for (let times = 0; times < 2; times++) await deliver(mergeReverted(merged))
  assert.deepEqual(
    [await ownerOf(moved), await ownerOf(own), await ownerOf(later), await ownerOf(ofOther)],
    [from.user_id, into.user_id, into.user_id, other.user_id],
  )
  assert.deepEqual(await newOwners(moved), [into.user_id, from.user_id])
  assert.deepEqual(await newOwners(later), [])
})

test('open orders of both accounts count for the survivor (ORD-8, ORD-12)', async () => {
  const [from, into] = accounts()
  for (let i = 0; i < 2; i++) await place(from)
  for (let i = 0; i < 2; i++) await place(into)
  await deliver(accountsMerged(merge(from, into)))
  const refused = expectProblem(await shop.send(into, 'POST /orders', { body }), 409, 'too-many-open-orders')
  assert.deepEqual([refused['counted_by'], refused['open']], ['account', 4])
})

test('a reversal that arrives first leaves every order where it is (ORD-8, PLT-2)', async () => {
  const [from, into] = accounts()
  const order = await place(from)
  const merged = merge(from, into)
  await deliver(mergeReverted(merged), accountsMerged(merged))
  assert.equal(await ownerOf(order), from.user_id)
})

test('two merges in a row lead to the last account in any order, and each is reversed by itself (ORD-8, PLT-2)', async () => {
  for (const isSwapped of [false, true]) {
    const [first, second, third] = accounts()
    const [ofFirst, ofSecond] = [await place(first), await place(second)]
    const merges = [merge(first, second), merge(second, third)] as const
    const events = merges.map((one) => accountsMerged(one))
    await deliver(...(isSwapped ? events.toReversed() : events))
    assert.deepEqual([await ownerOf(ofFirst), await ownerOf(ofSecond)], [third.user_id, third.user_id])
    await deliver(mergeReverted(merges[1]))
    assert.deepEqual([await ownerOf(ofFirst), await ownerOf(ofSecond)], [second.user_id, second.user_id])
    await deliver(mergeReverted(merges[0]))
    assert.deepEqual([await ownerOf(ofFirst), await ownerOf(ofSecond)], [first.user_id, second.user_id])
  }
})

test('a merge the other way round, handled before the reversal of the first, ends right (ORD-8, PLT-2)', async () => {
  const [one, other] = accounts()
  const [ofOne, ofOther] = [await place(one), await place(other)]
  const [first, second] = [merge(one, other), merge(other, one)]
  await deliver(accountsMerged(first), accountsMerged(second))
  await deliver(mergeReverted(first))
  assert.deepEqual([await ownerOf(ofOne), await ownerOf(ofOther)], [one.user_id, one.user_id])
})

test('an order whose account was merged while it was placed belongs to the survivor (ORD-8, REL-5)', async () => {
  const [from, into] = accounts()
  const merged = merge(from, into)
  await deliver(accountsMerged(merged))
  // The session of the merged account ended after the request was authenticated.
  const { id } = expectResponse(await shop.send(from, 'POST /orders', { body }), 201, OrderView)
  assert.equal(await ownerOf(id), into.user_id)
  const [created] = await shop.published(id, 'ordering.order-created.v1')
  assert.equal(created?.data['user_id'], from.user_id, 'the cart that the order came from')
  assert.deepEqual(await newOwners(id), [into.user_id])
  await assertNoViolations(shop.module)
  await deliver(mergeReverted(merged))
  assert.equal(await ownerOf(id), from.user_id)
})

test('a merge waits for an order that is being placed, and moves it (ORD-8, REL-5)', async () => {
  const [from, into] = accounts()
  let id = ''
  const { handling } = await transaction(shop.db, async (tx) => {
    id = await place(from)
    await sql`select ordering.owner_of(${from.user_id})`.execute(tx)
    const handling = deliver(accountsMerged(merge(from, into)))
    await eventually(async () => {
      const { rows } = await sql`select from pg_locks where locktype = 'advisory' and not granted`.execute(shop.db)
      assert.equal(rows.length, 1)
    })
    return { handling }
  })
  await handling
  assert.equal(await ownerOf(id), into.user_id)
})

test('the guest orders of a mailbox that a merged account verified are those of the survivor (ORD-8, ORD-11)', async () => {
  const [from, into] = accounts()
  const contact = { email: `merged-${last}@example.org` }
  const order = expectResponse(await shop.send(guest, 'POST /orders', { body: { ...body, contact } }), 201, OrderView)
  const merged = merge(from, into)
  await deliver(accountsMerged(merged), emailVerified({ user_id: from.user_id, email: contact.email }))
  assert.equal(await ownerOf(order.id), into.user_id)
  assert.deepEqual(await newOwners(order.id), [into.user_id])
  await deliver(mergeReverted(merged))
  assert.equal(await ownerOf(order.id), from.user_id)
})

test('the orders of a survivor who deleted the account name no person, also when the merge arrives later (ORD-8, ID-18)', async () => {
  const [from, into] = accounts()
  const { id } = await shop.place(from, { ...body, recipient_name: 'Anna' })
  await shop.db
    .updateTable('ordering.orders')
    .set({ status: 'cancelled', cancelled_at: shop.now(), reason: 'customer' })
    .where('id', '=', id)
    .execute()
  await deliver(userDeleted({ user_id: into.user_id }), accountsMerged(merge(from, into)))
  await runJob(shop.module, 'ordering.anonymise-closed-orders')
  const row = await shop.db.selectFrom('ordering.orders').select('recipient_name').where('id', '=', id).execute()
  assert.deepEqual(row, [{ recipient_name: null }])
})
