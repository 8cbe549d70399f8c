import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { CancellationAccepted } from '#ordering/schema'
import { crowd, eventually, expectResponse } from '#platform/testing'
import { openShop, type Shop } from '../e2e/open-shop.ts'
import { firstOf, orderBecomes, payLinks, placeOrder, press, toPickup, type OwnOrder } from '../e2e/purchase-steps.ts'
import { whenQuiet } from './checksums.ts'
import { unknownId } from './valid-request.ts'

let shop: Shop
before(async () => {
  shop = await openShop()
})
after(async () => {
  assert.deepEqual(await shop.violations(), {}, 'every invariant holds at the end')
  await shop.close()
})

/** An order that waits for its payment. */
async function unpaidOrder(terms: object = {}): Promise<OwnOrder> {
  const as = await shop.customer()
  const { variant_id } = await firstOf(shop, 'teas')
  const { id } = await placeOrder(shop, as, { ...toPickup, items: [{ variant_id, quantity: 1 }], ...terms })
  await orderBecomes(shop, { id, as }, 'processing')
  return { id, as }
}

const chargesOf = async ({ id }: OwnOrder) =>
  (
    await sql<{ status: string }>`
      select charge.status from payments.sandbox_charges as charge
      join payments.payments as payment on payment.id = charge.payment_id where payment.subject_id = ${id}
    `.execute(shop.app.db)
  ).rows.map(({ status }) => status)

/** How many times payments published that the order is paid. */
const timesPaid = async ({ id }: OwnOrder) =>
  (
    await sql<{ count: number }>`
      select count(*) from platform.event where type like 'payments.payment-completed%' and partition_key = ${id}
    `.execute(shop.app.db)
  ).rows[0]?.count

async function payPage(id: string, headers: Record<string, string> = {}, path = payLinks.pathOf(id)) {
  const response = await fetch(`${shop.address}${path}`, { headers: { 'accept-language': 'en', ...headers } })
  return { status: response.status, text: await response.text() }
}

const form = { 'content-type': 'application/x-www-form-urlencoded' }

test('ten presses of the button at once charge the buyer once (PAY-3)', async () => {
  const order = await unpaidOrder()
  const presses = await crowd(10, async () => await press(shop, order.id, 'approve'))
  assert.ok(presses.every((one) => one.status === 'fulfilled' && one.value === 303))
  await orderBecomes(shop, order, 'shipping')
  assert.deepEqual(await chargesOf(order), ['succeeded'])
  assert.equal(await timesPaid(order), 1)
  assert.match((await payPage(order.id)).text, /We received the payment/)
})

test('approve and decline at the same moment: the provider decides once, and the order follows (PAY-3)', async () => {
  for (let round = 0; round < 4; round++) {
    const order = await unpaidOrder()
    await crowd(6, async (n) => await press(shop, order.id, n % 2 === 0 ? 'approve' : 'decline'))
    const [charge] = await chargesOf(order)
    if (charge === 'succeeded') await orderBecomes(shop, order, 'shipping')
    else assert.equal((await orderBecomes(shop, order, 'processing')).reason, null)
    assert.equal(await timesPaid(order), charge === 'succeeded' ? 1 : 0)
  }
})

test('a late press changes nothing: a paid order stays paid, a cancelled one stays unpaid (PAY-3, PAY-6)', async () => {
  const paid = await unpaidOrder()
  await press(shop, paid.id, 'approve')
  await orderBecomes(shop, paid, 'shipping')
  const cancelled = await unpaidOrder()
  expectResponse(await shop.send(cancelled.as, `POST /orders/${cancelled.id}/cancel`), 200, CancellationAccepted)
  await orderBecomes(shop, cancelled, 'cancelled')
  await eventually(async () => assert.match((await payPage(cancelled.id)).text, /Cancelled|Declined/))
  const before = await whenQuiet(shop)
  assert.deepEqual(
    [
      await press(shop, paid.id, 'decline'),
      await press(shop, paid.id, 'approve'),
      await press(shop, cancelled.id, 'approve'),
      await press(shop, cancelled.id, 'decline'),
    ],
    [303, 303, 303, 303],
  )
  assert.deepEqual(await whenQuiet(shop), before, 'nothing changed')
})

test('only a press on the page itself pays: a link, another site or another body does not (SEC-1)', async () => {
  const order = await unpaidOrder()
  const before = await whenQuiet(shop)
  const approve = `${shop.address}${payLinks.pathOf(order.id, 'approve')}`
  const send = async (method: string, headers: Record<string, string>, body?: string) =>
    (await fetch(approve, { method, headers, redirect: 'manual', ...(body !== undefined && { body }) })).status
  assert.equal(await send('GET', {}), 405, 'a link in an e-mail, or a browser that fetches links early')
  assert.equal(await send('HEAD', {}), 405)
  for (const headers of [
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { origin: `${shop.address}.evil.example` },
    { origin: `http://evil.example@${new URL(shop.address).host}.evil.example` },
    { origin: 'evil' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { 'sec-fetch-site': 'none' },
    { 'sec-fetch-site': 'cross-site', origin: shop.address },
  ]) {
    assert.equal(await send('POST', { ...form, ...headers }), 403, JSON.stringify(headers))
  }
  const own = { origin: shop.address }
  assert.equal(await send('POST', { ...own, 'content-type': 'text/plain' }, 'x=1'), 415)
  assert.equal(await send('POST', { ...own, ...form }, `x=${'x'.repeat(2000)}`), 413)
  assert.deepEqual(await whenQuiet(shop), before, 'nothing changed')
  assert.equal(await press(shop, order.id, 'approve'), 303)
})

test('the page of an unknown order is 404, and its buttons change nothing (ORD-2, A4)', async () => {
  const before = await whenQuiet(shop)
  assert.equal((await payPage(unknownId, {}, `/pay/${unknownId}`)).status, 404)
  assert.equal((await payPage(unknownId, {}, `${payLinks.pathOf(unknownId)}&refreshes=30`)).status, 404)
  assert.equal(await press(shop, unknownId, 'approve'), 303)
  for (const id of ['nope', "'--", 'x'.repeat(90)]) assert.equal((await payPage(id)).status, 404)
  assert.deepEqual(await whenQuiet(shop), before, 'nothing changed')
})

test('with the id of an order alone a visitor neither sees nor pays nor declines it (F-40, SEC-3)', async () => {
  const order = await unpaidOrder()
  const before = await whenQuiet(shop)
  assert.equal((await payPage(order.id, {}, `/pay/${order.id}`)).status, 404)
  for (const button of ['approve', 'decline', 'wait', 'again']) {
    const headers = { ...form, origin: shop.address }
    const response = await fetch(`${shop.address}/pay/${order.id}/${button}`, { method: 'POST', headers })
    assert.equal(response.status, 404)
  }
  assert.deepEqual(await whenQuiet(shop), before, 'nothing changed')
})

test('the payment page shows no text that the customer wrote into the order (SEC-1)', async () => {
  const script = '"><script>alert(1)</script>'
  const order = await unpaidOrder({ comment: script, recipient_name: script, recipient_phone: '+7 999 000-00-00' })
  for (const headers of [{}, { 'accept-language': script }, { referer: `https://x/${script}` }]) {
    const { status, text } = await payPage(order.id, headers)
    assert.equal(status, 200)
    assert.doesNotMatch(text, /<script|alert|999/)
    assert.match(text, /<html lang="(ru|en)">/)
  }
})

test('every HTML page has a policy against foreign scripts and foreign frames (SEC-4)', async () => {
  const order = await unpaidOrder()
  const pages = [
    payLinks.pathOf(order.id),
    `/pay/${unknownId}`,
    '/pay/nope',
    '/invitation',
    '/email/verify',
    '/password/reset',
  ]
  for (const path of pages) {
    const response = await fetch(`${shop.address}${path}`)
    assert.match(response.headers.get('content-type') ?? '', /^text\/html/, path)
    const policy = response.headers.get('content-security-policy') ?? ''
    assert.match(policy, /default-src 'none'/, path)
    assert.match(policy, /frame-ancestors/, path)
    assert.match(policy, /base-uri 'none'/, path)
    assert.doesNotMatch(policy, /unsafe|\*(?!\.telegram\.org)|script-src (?!'sha256-)/, path)
    assert.equal(response.headers.get('x-content-type-options'), 'nosniff', path)
    assert.doesNotMatch(
      await response.text(),
      /https?:\/\/(?!127\.0\.0\.1|localhost|www\.w3\.org)/,
      `${path} loads something from another site`,
    )
  }
})
