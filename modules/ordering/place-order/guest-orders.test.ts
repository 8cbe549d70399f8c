import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { orderCreated } from '#ordering/events'
import { anna, crowd, expectProblem, expectResponse, guest, olga, statusesOf } from '#platform/testing'
import type { PayloadOf } from '#platform/events'
import { newId } from '#platform/values'
import { AdminOrderView, CancellationAccepted, LinkRenewed, OrderView } from '../schema.ts'
import { openOrderingTest, teaItems, type OrderingTest } from '../testing.ts'

let shop: OrderingTest
before(async () => {
  shop = await openOrderingTest()
})
after(async () => await shop.close())

const contact = { email: 'Vera@example.org' }
const body = { delivery_method: 'pickup', contact, items: teaItems() }
const placeAs = (change: object, headers: Record<string, string> = {}) =>
  shop.send(guest, 'POST /orders', { body: { ...body, ...change }, headers })
const placed = async (change: object = {}, headers: Record<string, string> = {}) => {
  const order = expectResponse(await placeAs(change, headers), 201, OrderView)
  return { ...order, link_token: order.link_token ?? assert.fail('a guest needs a link') }
}
const byLink = (token: string) => shop.send(guest, `GET /orders/by-link/${token}`)

/** A guest's cart with tea. */
function fillCart(): { id: string; headers: { 'x-cart-token': string } } {
  const [id, token] = [newId(), newId()]
  shop.stubs.guestCarts.set(token, { id, version: newId(), lines: teaItems(2), coupon: null })
  return { id, headers: { 'x-cart-token': token } }
}

test('a guest orders her cart with a contact, and the link of the answer shows the order (ORD-11)', async () => {
  const cart = fillCart()
  const { items: _, ...fromCart } = body
  const order = expectResponse(
    await shop.send(guest, 'POST /orders', { body: fromCart, headers: cart.headers }),
    201,
    OrderView,
  )
  assert.equal(order.items[0]?.quantity, 2)
  assert.ok(order.payment.confirmation_url)
  const shown = expectResponse(await byLink(order.link_token ?? ''), 200, OrderView)
  assert.deepEqual([shown.id, shown.link_token], [order.id, order.link_token])
  const [created] = await shop.published(order.id, 'ordering.order-created.v1')
  const payload = created?.data as PayloadOf<typeof orderCreated>
  assert.deepEqual([payload.user_id, payload.from_cart], [cart.id, true], 'the items leave the cart of the guest')
})

test('a second click of a guest gets the order of the first (ORD-11, CART-5)', async () => {
  const { headers } = fillCart()
  const { items: _, ...fromCart } = body
  const clicks = await crowd(5, () => shop.send(guest, 'POST /orders', { body: fromCart, headers }))
  const ids = clicks.map((click) =>
    click.status === 'fulfilled' ? expectResponse(click.value, 201, OrderView).id : assert.fail(String(click.reason)),
  )
  assert.equal(new Set(ids).size, 1)
})

test('a repeat of an order does not show its link once that was renewed or ended (ORD-11, SEC-3)', async () => {
  const repeat = (id: string, change: object = {}) =>
    shop.send(guest, `PUT /orders/${id}`, { body: { ...body, ...change } })
  const [renewed, ended] = [await placed(), await placed({ id: newId() })]
  assert.equal(expectResponse(await repeat(renewed.id), 201, OrderView).link_token, renewed.link_token)
  await shop.send(olga, `POST /admin/orders/${renewed.id}/link`)
  await shop.send(guest, `DELETE /orders/by-link/${ended.link_token}`)
  for (const { id } of [renewed, ended]) {
    expectProblem(await repeat(id), 409, 'id-taken')
    expectProblem(await placeAs({ id }), 409, 'id-taken')
  }
})

test('a repeated order of a cart does not show the link of the first once that was renewed (ORD-11, SEC-3)', async () => {
  const { headers } = fillCart()
  const first = await placed({ items: undefined }, headers)
  assert.equal((await placed({ items: undefined }, headers)).id, first.id)
  await shop.send(olga, `POST /admin/orders/${first.id}/link`)
  expectProblem(await placeAs({ items: undefined }, headers), 409, 'cart-empty')
})

test('a guest without a contact or without items is refused (ORD-11)', async () => {
  expectProblem(await placeAs({ contact: undefined }), 400, 'contact-missing')
  const tooLong = `${'v'.repeat(65)}@example.org`
  for (const bad of [{}, { email: 'vera' }, { email: tooLong }, { phone: '12' }, { fax: '1' }])
    expectProblem(await placeAs({ contact: bad }), 400, 'validation-failed')
  expectProblem(await placeAs({ items: undefined }), 409, 'cart-empty')
  expectProblem(await placeAs({ items: undefined }, { 'x-cart-token': newId() }), 409, 'cart-empty')
})

test('only the link opens the order of a guest: no account, no other link, no changed token (ORD-11, SEC-3)', async () => {
  const [order, other] = [await placed(), await placed()]
  const flipped = `${order.link_token.slice(0, 30)}${order.link_token[30] === 'A' ? 'B' : 'A'}${order.link_token.slice(31)}`
  expectProblem(await byLink(flipped), 404, 'not-found')
  expectProblem(await byLink('x'.repeat(67)), 404, 'not-found')
  expectProblem(await shop.send(anna, `GET /orders/${order.id}`), 404, 'not-found')
  expectProblem(await shop.send(guest, `GET /orders/${order.id}`), 401, 'unauthorized')
  assert.equal(expectResponse(await byLink(other.link_token), 200, OrderView).id, other.id)
  const ofAnna = await shop.place(anna, { delivery_method: 'pickup', items: teaItems() })
  assert.equal(ofAnna.link_token, null)
  expectProblem(await shop.send(olga, `POST /admin/orders/${ofAnna.id}/link`), 404, 'not-found')
})

test('the link cancels the order, once for twenty clicks (ORD-11, ORD-3)', async () => {
  const order = await placed()
  const cancel = () => shop.send(guest, `POST /orders/by-link/${order.link_token}/cancel`)
  for (const click of await crowd(20, cancel)) {
    assert.ok(click.status === 'fulfilled')
    assert.equal(expectResponse(click.value, 200, CancellationAccepted).cancelling, true)
  }
  assert.equal((await shop.published(order.id, 'ordering.payment-cancellation-requested.v1')).length, 1)
  expectProblem(await shop.send(guest, `POST /orders/by-link/${'x'.repeat(67)}/cancel`), 404, 'not-found')
})

test('a revoked link opens nothing, and staff give the guest a new one (ORD-11)', async () => {
  const order = await placed()
  const revoke = () => shop.send(guest, `DELETE /orders/by-link/${order.link_token}`)
  assert.equal((await revoke()).status, 204)
  expectProblem(await revoke(), 404, 'not-found')
  expectProblem(await byLink(order.link_token), 404, 'not-found')
  expectProblem(await shop.send(guest, `POST /orders/by-link/${order.link_token}/cancel`), 404, 'not-found')
  expectProblem(await shop.send(guest, `GET /orders/by-link/${order.link_token}/events`), 404, 'not-found')
  const renewed = expectResponse(await shop.send(olga, `POST /admin/orders/${order.id}/link`), 201, LinkRenewed)
  assert.equal(expectResponse(await byLink(renewed.link_token), 200, OrderView).id, order.id)
})

test('a guest with an e-mail gets the link by mail, without her address and phone (ORD-11)', async () => {
  const order = await placed({ recipient_phone: '+7 912 000-00-01', contact: { email: 'nina@example.org' } })
  const [mail, ...more] = shop.mails.filter(({ to }) => to === 'nina@example.org')
  assert.deepEqual(more, [])
  assert.match(mail?.subject ?? '', new RegExp(order.number))
  assert.ok(mail?.text.includes(`https://shop.example/orders/by-link/${order.link_token}`))
  assert.ok(!`${mail?.text}${mail?.html}`.includes('912'))
  const before = shop.mails.length
  await placed({ contact: { phone: '+7 912 000-00-02' } })
  await shop.place(anna, { delivery_method: 'pickup', items: teaItems() })
  assert.equal(shop.mails.length, before)
})

test('staff see that the buyer is a guest, and her contact (ORD-11, ORD-7)', async () => {
  const order = await placed({ contact: { ...contact, phone: '+7 912 345-67-89' } })
  const { buyer } = expectResponse(await shop.send(olga, `GET /admin/orders/${order.id}`), 200, AdminOrderView)
  assert.deepEqual(
    [buyer.is_guest, buyer.name, buyer.email, buyer.phone],
    [true, null, contact.email, '+7 912 345-67-89'],
  )
})

test('a shop with GUEST_ORDERS=false takes orders of accounts only (ORD-11)', async () => {
  const closed = await openOrderingTest({ guestOrders: false })
  try {
    expectProblem(await closed.send(guest, 'POST /orders', { body }), 401, 'unauthorized')
  } finally {
    await closed.close()
  }
})

test('the open orders of guests count by their contact, whichever cart they come from (ORD-11, ORD-12)', async () => {
  const strict = await openOrderingTest({ limits: { maxOpenOrders: 2, maxHeldPerVariant: 0 } })
  try {
    const order = (email: string) => strict.send(guest, 'POST /orders', { body: { ...body, contact: { email } } })
    const clicks = await crowd(10, (i) => order(i % 2 === 0 ? 'vera@example.org' : 'Vera+tea@example.org'))
    assert.deepEqual(statusesOf(clicks), [201, 201, ...Array.from({ length: 8 }, () => 409)])
    expectResponse(await order('nina@example.org'), 201, OrderView)
  } finally {
    await strict.close()
  }
})

test('a guest who places orders in a loop sends three e-mails to a mailbox, and every order is placed (ORD-11, A16)', async () => {
  const rate = (count: number) => ({ count, seconds: 3600, burst: count })
  const rates = { mail: rate(3), mail_account: rate(4), mail_address: rate(30) }
  const limited = await openOrderingTest({ mailRates: { kind: 'on', rates } })
  const placeFrom = async (address: string, email: string) => {
    const remoteAddress = address
    const payload = { ...body, contact: { email }, items: teaItems() }
    const response = await limited.http.inject({ method: 'POST', url: '/api/v1/orders', remoteAddress, payload })
    assert.equal(response.statusCode, 201, response.body)
  }
  try {
    for (let n = 0; n < 5; n++) await placeFrom('203.0.113.7', `bombed+${n}@example.org`)
    assert.equal(limited.mails.length, 3)
    for (let n = 0; n < 3; n++) await placeFrom('203.0.113.8', 'bombed@example.org')
    assert.equal(limited.mails.length, 4, 'all addresses together')
    await placeFrom('203.0.113.7', 'other@example.org')
    assert.equal(limited.mails.length, 5)
  } finally {
    await limited.close()
  }
})
