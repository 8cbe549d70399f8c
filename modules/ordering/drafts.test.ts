import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { sql } from 'kysely'
import { Page } from '#platform/schema'
import {
  anna,
  assertNoViolations,
  crowd,
  expectProblem,
  expectResponse,
  guest,
  olga,
  raceFor,
  runJob,
  statusesOf,
} from '#platform/testing'
import { days, newId } from '#platform/values'
import { DraftView } from './request-schema.ts'
import { OrderView } from './schema.ts'
import { openOrderingTest, teaItems, type OrderingTest } from './testing.ts'

let shop: OrderingTest
before(async () => {
  shop = await openOrderingTest({ limits: { maxOpenOrders: 2, maxHeldPerVariant: 20 } })
})
beforeEach(() => {
  shop.stubs.hold = undefined
  shop.stubs.pickupPoint = undefined
})
after(async () => {
  await assertNoViolations(shop.module)
  await shop.close()
})

/** The complete draft of a buyer of her own: the limits of open orders count contacts. */
const complete = () => ({
  items: teaItems(2),
  delivery_method: 'pickup',
  contact: { email: `vera-${newId()}@example.org` },
})
const save = (id: string, content: object, version?: string, send = shop.send) =>
  send(olga, `PUT /admin/order-drafts/${id}`, { body: { content, ...(version && { version }) } })
const saved = async (content: object, id = newId(), version?: string) =>
  expectResponse(await save(id, content, version), 200, DraftView)
const show = async (id: string) =>
  expectResponse(await shop.send(olga, `GET /admin/order-drafts/${id}`), 200, DraftView)
const place = ({ id, version }: Pick<DraftView, 'id' | 'version'>, body: object = {}, send = shop.send) =>
  send(olga, `POST /admin/order-drafts/${id}/place`, { body: { version, ...body } })
const placed = async (draft: DraftView) => expectResponse(await place(draft), 201, OrderView)
const listed = async () =>
  expectResponse(await shop.send(olga, `GET /admin/order-drafts?page_size=100`), 200, Page(DraftView))

test('staff fill a draft for a buyer on the phone; it holds nothing until it is placed as her order (ORD-7)', async () => {
  shop.stubs.hold = () => assert.fail('a draft holds nothing')
  const { contact, ...goods } = complete()
  const empty = await saved({})
  const { missing } = expectProblem(await place(empty), 409, 'draft-incomplete')
  assert.deepEqual(missing, ['items', 'delivery_method', 'contact'])
  const draft = await saved(goods, empty.id, empty.version)
  assert.deepEqual(expectProblem(await place(draft), 409, 'draft-incomplete')['missing'], ['contact'])
  const filled = await saved({ ...goods, contact, comment: 'Ring twice' }, draft.id, draft.version)
  assert.deepEqual([filled.user_id, filled.order_id], [olga.user_id, null])
  shop.stubs.hold = undefined

  const mails = shop.mails.length
  const order = await placed(filled)
  assert.deepEqual(
    [order.status, order.total_amount, order.comment, order.items[0]?.quantity],
    ['created', 100_000, 'Ring twice', 2],
  )
  const [mail, ...more] = shop.mails.slice(mails)
  assert.deepEqual([mail?.to, more.length], [contact.email, 0])
  assert.ok(JSON.stringify(mail).includes(`/orders/by-link/${order.link_token}`))
  expectResponse(await shop.send(guest, `GET /orders/by-link/${order.link_token}`), 200)
  assert.equal((await shop.published(order.id, 'ordering.payment-requested.v1')).length, 1)
  assert.equal((await show(draft.id)).order_id, order.id)
})

test('a draft is placed once, however often, by however many, and then changed no more (ORD-7, REL-5)', async () => {
  const other = await shop.elsewhere()
  const draft = await saved(complete())
  const [mails, withdrawn] = [shop.mails.length, shop.expired.length]
  const attempts = await raceFor(shop.db, {
    lock: sql`select from ordering.drafts where id = ${draft.id} for update`,
    waiting: 2,
    start: () => Promise.all([shop, other].map(({ send }) => place(draft, {}, send))),
  })
  const ids = attempts.map((attempt) => expectResponse(attempt, 201, OrderView).id)
  ids.push((await placed(draft)).id)
  assert.equal(new Set(ids).size, 1)
  assert.equal(shop.expired.length, withdrawn + 1, 'the other attempt gives back what it held')
  assert.equal(shop.mails.length, mails + 1)
  assert.equal((await shop.published(ids[0] ?? '', 'ordering.order-created.v1')).length, 1)

  const order_id = ids[0]
  for (const refused of [
    await save(draft.id, { comment: 'Late' }, draft.version),
    await shop.send(olga, `DELETE /admin/order-drafts/${draft.id}`),
  ])
    assert.equal(expectProblem(refused, 409, 'draft-placed')['order_id'], order_id)
  assert.deepEqual((await show(draft.id)).content, draft.content)
  await other.close()
})

test('a draft that staff change or delete while it is placed becomes no order, and holds nothing (ORD-7, REL-5)', async () => {
  const content = complete()
  const draft = await saved(content)
  const withdrawn = shop.expired.length
  shop.stubs.pickupPoint = async () => {
    await saved({ ...content, items: teaItems(3) }, draft.id, draft.version)
    return { kind: 'chosen', pickup_point_id: newId() }
  }
  expectProblem(await place(draft), 409, 'draft-changed')
  assert.equal(shop.expired.length, withdrawn + 1)
  const changed = await show(draft.id)
  shop.stubs.pickupPoint = async () => {
    expectResponse(await shop.send(olga, `DELETE /admin/order-drafts/${draft.id}`), 204)
    return { kind: 'chosen', pickup_point_id: newId() }
  }
  expectProblem(await place(changed), 404, 'not-found')
  assert.equal(shop.expired.length, withdrawn + 2)
  const { rows } = await sql`select from ordering.orders where contact_email = ${content.contact.email}`.execute(
    shop.db,
  )
  assert.equal(rows.length, 0)
})

test('a draft is placed as every order is: its total, its stock and the open orders of the buyer may refuse it (ORD-7, ORD-12)', async () => {
  const contact = { phone: '+7 912 000-33-44' }
  const draft = await saved({ ...complete(), contact })
  shop.stubs.hold = ({ items }) => ({
    kind: 'refused',
    reason: 'out-of-stock',
    variant_ids: items.flatMap((item) => ('variant_id' in item ? [item.variant_id] : [])),
  })
  expectProblem(await place(draft), 409, 'out-of-stock')
  shop.stubs.hold = undefined
  const { total_amount } = expectProblem(await place(draft, { expected_total: 1 }), 409, 'price-changed')
  assert.equal(total_amount, 100_000)
  await placed(draft)
  await placed(await saved({ ...complete(), contact }))
  const third = await saved({ ...complete(), contact })
  const problem = expectProblem(await place(third), 409, 'too-many-open-orders')
  assert.equal(problem['counted_by'], 'phone')
  assert.equal((await show(third.id)).order_id, null)
})

test('each buyer on the phone gets her link: the rates for guests do not count the orders of staff (ORD-7, ORD-11)', async () => {
  const once = { count: 1, seconds: 3600, burst: 1 }
  const rates = { mail: once, mail_account: once, mail_address: once }
  const limited = await openOrderingTest({ mailRates: { kind: 'on', rates } })
  try {
    for (let buyer = 1; buyer <= 2; buyer++) {
      const id = newId()
      const { version } = expectResponse(await save(id, complete(), undefined, limited.send), 200, DraftView)
      expectResponse(await place({ id, version }, {}, limited.send), 201, OrderView)
      assert.equal(limited.mails.length, buyer)
    }
  } finally {
    await limited.close()
  }
})

test('of two changes at once one is refused, and a repeat changes nothing (ORD-7, REL-5)', async () => {
  const id = newId()
  const first = await saved({ comment: 'One' }, id)
  assert.deepEqual(await saved({ comment: 'One' }, id), first, 'a repeat')
  expectProblem(await save(id, { comment: 'Two' }), 409, 'draft-changed')
  const answers = await crowd(2, (i) => save(id, { comment: `Change ${i}` }, first.version))
  assert.deepEqual(statusesOf(answers), [200, 409])
  expectProblem(await place(first), 409, 'draft-changed')
  expectProblem(await save(newId(), {}, first.version), 404, 'not-found')
})

test('the list has the drafts that are not placed; customers see none (ORD-7, SEC-3)', async () => {
  const [one, two] = [await saved(complete()), await saved({})]
  await placed(one)
  const { items } = await listed()
  const ids = new Set(items.map(({ id }) => id))
  assert.deepEqual([ids.has(two.id), ids.has(one.id)], [true, false])
  expectResponse(await shop.send(olga, `DELETE /admin/order-drafts/${two.id}`), 204)
  for (const route of ['GET', 'DELETE'] as const)
    expectProblem(await shop.send(olga, `${route} /admin/order-drafts/${two.id}`), 404, 'not-found')
  expectProblem(await shop.send(anna, 'GET /admin/order-drafts'), 403, 'forbidden')
  expectProblem(await place({ id: newId(), version: newId() }), 404, 'not-found')
})

test('a draft is deleted thirty days after its last change; its order stays (ORD-7, ID-18)', async () => {
  const [old, gone] = [await saved(complete()), await saved({ comment: 'For Vera' })]
  const order = await placed(old)
  shop.advance(days(29))
  const young = await saved({})
  await runJob(shop.module, 'ordering.delete-old-drafts')
  assert.equal((await show(gone.id)).id, gone.id)
  shop.advance(days(1) + 1)
  await runJob(shop.module, 'ordering.delete-old-drafts')
  for (const { id } of [old, gone])
    expectProblem(await shop.send(olga, `GET /admin/order-drafts/${id}`), 404, 'not-found')
  assert.equal((await show(young.id)).id, young.id)
  expectResponse(await shop.send(olga, `GET /admin/orders/${order.id}`), 200)
})
