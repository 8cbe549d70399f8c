import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { crowd, eventually } from '#platform/testing'
import { arrives, onShelf, openShop, press, type Shop } from '../e2e/open-shop.ts'
import { whenQuiet } from './belongings.ts'
import { unknownId } from './known-requests.ts'

let shop: Shop
before(async () => {
  shop = await openShop()
})
after(async () => {
  assert.deepEqual(await shop.violations(), {}, 'every invariant holds at the end')
  await shop.close()
})

type Placed = Readonly<{ id: string; as: string }>

/** An order that waits for its money. */
async function unpaidOrder(input: object = {}): Promise<Placed> {
  const as = await shop.customer()
  const [tea] = await onShelf(shop, 'teas')
  const items = [{ variant_id: tea?.variant_id, quantity: 1 }]
  const { body } = await shop.ask('POST', '/orders', { as, body: { delivery_method: 'pickup', items, ...input } })
  await arrives(shop, { id: body.id, as }, 'processing')
  return { id: body.id, as }
}

const charges = async ({ id }: Placed) =>
  (
    await sql<{ status: string }>`
      select charge.status from payments.sandbox_charges as charge
      join payments.payments as payment on payment.id = charge.payment_id where payment.subject_id = ${id}
    `.execute(shop.app.db)
  ).rows.map(({ status }) => status)

/** How often payments said that an order is paid. */
const timesPaid = async ({ id }: Placed) =>
  (
    await sql<{ count: number }>`
      select count(*) from platform.event where type like 'payments.payment-completed%' and partition_key = ${id}
    `.execute(shop.app.db)
  ).rows[0]?.count

const page = async ({ id }: Pick<Placed, 'id'>, headers: Record<string, string> = {}) => {
  const answer = await fetch(`${shop.address}/pay/${id}`, { headers: { 'accept-language': 'en', ...headers } })
  return { status: answer.status, headers: answer.headers, text: await answer.text() }
}

const form = { 'content-type': 'application/x-www-form-urlencoded' }

test('ten impatient presses take the money once (PAY-3)', async () => {
  const order = await unpaidOrder()
  const pressed = await crowd(10, async () => await press(shop, order.id, 'approve'))
  assert.ok(pressed.every((one) => one.status === 'fulfilled' && one.value === 303))
  await arrives(shop, order, 'shipping')
  assert.deepEqual(await charges(order), ['succeeded'])
  assert.equal(await timesPaid(order), 1)
  assert.match((await page(order)).text, /We received the payment/)
})

test('approve and decline at the same moment: the bank has one word, and the order follows it (PAY-3)', async () => {
  for (let round = 0; round < 4; round++) {
    const order = await unpaidOrder()
    await crowd(6, async (n) => await press(shop, order.id, n % 2 === 0 ? 'approve' : 'decline'))
    const [word] = await charges(order)
    await arrives(shop, order, word === 'succeeded' ? 'shipping' : 'cancelled')
    assert.equal(await timesPaid(order), word === 'succeeded' ? 1 : 0)
  }
})

test('a button pressed late changes nothing: paid stays paid, cancelled stays unpaid (PAY-3, PAY-6)', async () => {
  const paid = await unpaidOrder()
  await press(shop, paid.id, 'approve')
  await arrives(shop, paid, 'shipping')
  const cancelled = await unpaidOrder()
  await shop.ask('POST', `/orders/${cancelled.id}/cancel`, { as: cancelled.as })
  await arrives(shop, cancelled, 'cancelled')
  await eventually(async () => assert.match((await page(cancelled)).text, /Cancelled|Declined/))
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

test('nothing but a press on the page itself pays: no link, no other site, no other body (SEC-1)', async () => {
  const order = await unpaidOrder()
  const before = await whenQuiet(shop)
  const approve = `${shop.address}/pay/${order.id}/approve`
  const send = async (method: string, headers: Record<string, string>, body?: string) =>
    (await fetch(approve, { method, headers, redirect: 'manual', ...(body !== undefined && { body }) })).status
  assert.equal(await send('GET', {}), 405, 'a link in a letter, or a browser that looks ahead')
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

test('a link to nothing shows nothing, and its buttons do nothing (ORD-2, A4)', async () => {
  const before = await whenQuiet(shop)
  assert.equal((await page({ id: `${unknownId}?refreshes=30` })).status, 404)
  assert.equal(await press(shop, unknownId, 'approve'), 303)
  for (const id of ['nope', "'--", 'x'.repeat(90)]) assert.equal((await page({ id })).status, 404)
  assert.deepEqual(await whenQuiet(shop), before, 'nothing changed')
})

test('what a customer writes into an order never comes to its page (SEC-1)', async () => {
  const evil = '"><script>alert(1)</script>'
  const order = await unpaidOrder({ comment: evil, recipient_name: evil, recipient_phone: '+7 999 000-00-00' })
  for (const headers of [{}, { 'accept-language': evil }, { referer: `https://x/${evil}` }]) {
    const { status, text } = await page(order, headers)
    assert.equal(status, 200)
    assert.doesNotMatch(text, /<script|alert|999/)
    assert.match(text, /<html lang="(ru|en)">/)
  }
})

test('every page for people names its policy: no script but its own, no frame but where it belongs (SEC-4)', async () => {
  const order = await unpaidOrder()
  const pages = [`/pay/${order.id}`, `/pay/${unknownId}?refreshes=30`, '/pay/nope', '/invitation', '/']
  for (const path of pages) {
    const answer = await fetch(`${shop.address}${path}`)
    assert.match(answer.headers.get('content-type') ?? '', /^text\/html/, path)
    const policy = answer.headers.get('content-security-policy') ?? ''
    assert.match(policy, /default-src 'none'/, path)
    assert.match(policy, /frame-ancestors/, path)
    assert.match(policy, /base-uri 'none'/, path)
    assert.doesNotMatch(policy, /unsafe|\*(?!\.telegram\.org)|script-src (?!'sha256-)/, path)
    assert.equal(answer.headers.get('x-content-type-options'), 'nosniff', path)
    assert.doesNotMatch(
      await answer.text(),
      /https?:\/\/(?!127\.0\.0\.1|localhost|www\.w3\.org)/,
      `${path} loads something`,
    )
  }
})
