import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { userDeleted } from '#identity/events'
import { anna, boris, runJob } from '#platform/testing'
import { openOrderingTest, teaItems } from '../testing.ts'

type OrderingTest = Awaited<ReturnType<typeof openOrderingTest>>
let shop: OrderingTest
before(async () => {
  shop = await openOrderingTest()
})
after(() => shop.close())

const toAnna = {
  delivery_method: 'courier',
  delivery_address: 'Tverskaya 1',
  recipient_name: 'Anna',
  recipient_phone: '+79990000001',
  comment: 'Ring twice',
  items: teaItems(),
}
const personOf = async (id: string) =>
  await shop.db
    .selectFrom('ordering.orders')
    .select(['recipient_name', 'recipient_phone', 'comment', 'delivery_address'])
    .where('id', '=', id)
    .executeTakeFirstOrThrow()
const close = async (id: string) =>
  await shop.db
    .updateTable('ordering.orders')
    .set({ status: 'cancelled', cancelled_at: shop.now(), reason: 'customer' })
    .where('id', '=', id)
    .execute()
const anonymous = { recipient_name: null, recipient_phone: null, comment: null, delivery_address: '———' }

test('the closed orders of a deleted buyer name no person, open ones as soon as they are closed (ID-18)', async () => {
  const closed = await shop.place(anna, toAnna)
  await close(closed.id)
  const open = await shop.place(anna, toAnna)
  const ofBoris = await shop.place(boris, toAnna)
  await close(ofBoris.id)
  const person = await personOf(open.id)

  for (let times = 0; times < 2; times++) {
    assert.deepEqual(await shop.deliver(userDeleted({ user_id: anna.user_id })), [])
    assert.deepEqual(await personOf(closed.id), anonymous)
    assert.deepEqual(await personOf(open.id), person, 'the courier needs it')
    assert.deepEqual(await personOf(ofBoris.id), person)
  }

  await close(open.id)
  for (let times = 0; times < 2; times++) await runJob(shop.module, 'ordering.anonymise-closed-orders')
  assert.deepEqual(await personOf(open.id), anonymous)
  assert.deepEqual(await personOf(ofBoris.id), person)
  assert.equal((await shop.show(anna, open.id)).total_amount, open.total_amount, 'money records stay')
})
