import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { userDeleted } from '#identity/events'
import { anna, boris, crowd, expectProblem, expectResponse, olga } from '#platform/testing'
import { newId } from '#platform/values'
import { AdminOrderView, OrderNote } from '../schema.ts'
import { openOrderingTest, teaItems, type OrderingTest } from '../testing.ts'

let shop: OrderingTest
before(async () => {
  shop = await openOrderingTest()
})
after(() => shop.close())

const place = (caller = anna) => shop.place(caller, { delivery_method: 'pickup', items: teaItems() })
const notesOf = async (id: string) =>
  expectResponse(await shop.send(olga, `GET /admin/orders/${id}`), 200, AdminOrderView).notes

test('staff write notes about an order, oldest first, and its buyer does not see them (ORD-7)', async () => {
  const { id } = await place()
  const texts = ['Call before the delivery', 'Called:\nnobody answered']
  for (const text of texts) {
    const note = expectResponse(
      await shop.send(olga, `POST /admin/orders/${id}/notes`, { body: { text } }),
      201,
      OrderNote,
    )
    assert.deepEqual([note.text, note.user_id], [text, olga.user_id])
  }
  assert.deepEqual(
    (await notesOf(id)).map(({ text }) => text),
    texts,
  )
  assert.equal('notes' in (await shop.show(anna, id)), false)
})

test('a note that is sent many times under one key is one note (ORD-7, rule 8)', async () => {
  const { id } = await place()
  const headers = { 'idempotency-key': `note-${newId()}` }
  const write = () => shop.send(olga, `POST /admin/orders/${id}/notes`, { body: { text: 'Once' }, headers })
  await crowd(10, write)
  expectResponse(await write(), 201, OrderNote)
  assert.equal((await notesOf(id)).length, 1)
})

test('an empty note, an order that does not exist and a customer are refused (ORD-7)', async () => {
  const { id } = await place()
  const write = (caller: typeof olga, order_id: string, text: string) =>
    shop.send(caller, `POST /admin/orders/${order_id}/notes`, { body: { text } })
  expectProblem(await write(olga, id, ''), 400, 'validation-failed')
  expectProblem(await write(olga, id, 'x'.repeat(2001)), 400, 'validation-failed')
  expectProblem(await write(olga, newId(), 'Hello'), 404, 'not-found')
  expectProblem(await write(anna, id, 'Hello'), 403, 'forbidden')
  assert.deepEqual(await notesOf(id), [])
})

test('the notes of a closed order go with the account of its buyer (ORD-7, ID-18)', async () => {
  const [closed, open] = [await place(boris), await place(boris)]
  for (const { id } of [closed, open])
    await shop.send(olga, `POST /admin/orders/${id}/notes`, { body: { text: 'Boris is deaf: ring twice' } })
  await sql`update ordering.orders set status = 'cancelled', cancelled_at = now(), reason = 'staff' where id = ${closed.id}`.execute(
    shop.db,
  )
  await shop.deliver(userDeleted({ user_id: boris.user_id }))
  assert.deepEqual([(await notesOf(closed.id)).length, (await notesOf(open.id)).length], [0, 1])
})
