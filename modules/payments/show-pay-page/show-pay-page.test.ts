import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { after, before, test } from 'node:test'
import { expectProblem, expectResponse, openTestApi, responseOf } from '#platform/testing'
import type { Provider } from '../index.ts'
import { sandbox } from '../providers/sandbox.ts'
import { openPaymentsTest, payLinks, type Order, type PaymentsTest } from '../testing.ts'

let shop: PaymentsTest
before(async () => {
  shop = await openPaymentsTest()
})
after(() => shop.close())

type Reader = Readonly<{ query?: string; language?: string; http?: PaymentsTest['api']['http'] }>
async function open({ id }: Pick<Order, 'id'>, { query = '', language = 'en', http = shop.api.http }: Reader = {}) {
  return await openUrl(`${payLinks.pathOf(id)}${query}`, language, http)
}
async function openUrl(url: string, language = 'en', http = shop.api.http) {
  return responseOf(`GET ${url}`, await http.inject({ url, headers: { 'accept-language': language } }))
}
/** Asserts that the page opens and returns its HTML. */
async function pageOf(order: Pick<Order, 'id'>, reader: Reader = {}): Promise<string> {
  const response = await open(order, reader)
  expectResponse(response, 200)
  return response.text
}
async function post({ id }: Order, headers: Record<string, string>) {
  const url = payLinks.pathOf(id, 'approve')
  const all = { 'content-type': 'application/x-www-form-urlencoded', host: 'shop.example', ...headers }
  return responseOf(`POST ${url}`, await shop.api.http.inject({ method: 'POST', url, headers: all, payload: '' }))
}

test('the page refreshes itself until the payment exists, and stops for an unknown order (ORD-2)', async () => {
  const order = shop.newOrder()
  const url = payLinks.pathOf(order.id)
  assert.ok((await pageOf(order)).includes(`http-equiv="refresh" content="1;url=${url}&amp;refreshes=1"`))
  assert.match(await pageOf(order, { query: '&refreshes=7' }), /refreshes=8/)
  const last = await open(order, { query: '&refreshes=30' })
  expectResponse(last, 404)
  assert.doesNotMatch(last.text, /http-equiv="refresh"/)
})

test('without the token of its order the page says that the link is wrong, and no button works (F-40, F-75)', async () => {
  const [order, other] = [await shop.startedOrder(), await shop.startedOrder()]
  const tokenOf = ({ id }: Order) => new URL(payLinks.pathOf(id), 'http://shop').searchParams.get('token') ?? ''
  const token = tokenOf(order)
  assert.ok(token.length >= 22)
  const wrong = ['', '?token=', `?token=${token.slice(0, -1)}`, `?token=${token}A`, `?token=${tokenOf(other)}`]
  for (const query of wrong) {
    const page = await openUrl(`/pay/${order.id}${query}`)
    expectResponse(page, 404)
    assert.match(page.text, /The link is incomplete or wrong/)
    assert.doesNotMatch(page.text, /http-equiv="refresh"|1,250/)
    for (const button of ['approve', 'decline', 'wait', 'again']) {
      const url = `/pay/${order.id}/${button}${query}`
      const headers = { 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'same-origin' }
      const response = responseOf(`POST ${url}`, await shop.api.http.inject({ method: 'POST', url, headers }))
      expectProblem(response, 404, 'not-found')
    }
  }
  assert.equal((await shop.paymentsOf(order))[0]?.status, 'pending')
  assert.equal((await openUrl(`/pay/${order.id.toUpperCase()}?token=${token}`)).status, 200)
})

test('an unknown order without a token costs no query (F-40)', async () => {
  const silent = await openTestApi([shop.moduleWith()], { db: shop.db })
  const page = await openUrl(`/pay/${shop.newOrder().id}`, 'en', silent.http)
  await silent.close()
  expectResponse(page, 404)
})

test('after the bank declined, the buyer pays again on the page (F-40, PAY-1)', async () => {
  const order = await shop.startedOrder()
  await shop.press('decline', order)
  const declined = await pageOf(order)
  assert.match(declined, /No money was charged. You can pay again/)
  assert.deepEqual(declined.match(/<button>[^<]*/g), ['<button>Pay again'])
  await shop.press('again', order)
  assert.match(await pageOf(order), /<button>Approve/)
  await shop.press('approve', order)
  assert.match(await pageOf(order), /We received the payment/)
  await shop.assertNoViolations()
})

test('a declined payment of a cancelled order cannot be paid again (F-40)', async () => {
  const order = await shop.startedOrder()
  await shop.press('decline', order)
  await shop.publish(shop.cancellationRequested(order))
  await shop.deliver()
  assert.match(await pageOf(order), /Cancelled/)
  assert.doesNotMatch(await pageOf(order), /<button>/)
  await shop.press('again', order)
  assert.equal((await shop.paymentsOf(order)).length, 1)
})

test('every page of a payment in the sandbox says that no real money moves (F-40)', async () => {
  const order = await shop.startedOrder()
  assert.match(await pageOf(order), /no real money moves/)
  await shop.press('approve', order)
  assert.match(await pageOf(order), /no real money moves/)
})

test('a broken link opens a page for people and no problem document (ORD-2)', async () => {
  const order = await shop.startedOrder()
  for (const id of [order.id.slice(0, 20), `${order.id}.`, 'nope', "'--", 'x'.repeat(90)]) {
    const page = await open({ id })
    expectResponse(page, 404)
    assert.equal(page.headers['content-type'], 'text/html; charset=utf-8')
    assert.match(page.text, /The link is incomplete or wrong/)
  }
  const russian = await openUrl(`/pay/${order.id}`, 'ru')
  assert.match(russian.text, /<h1>Ссылка неполная или с ошибкой<\/h1>/)
  for (const query of ['&refreshes=soon', '&refreshes=-1', '&refreshes=1e9', '&refreshes=', '&utm_source=letter']) {
    assert.match(await pageOf(order, { query }), /₽1,250</, query)
  }
})

test('the page shows the price and neither the buyer nor the goods (ORD-2)', async () => {
  const order = await shop.startedOrder()
  const page = await pageOf(order, { language: 'ru' })
  const text = page.replaceAll(/<style>[^]*<\/style>|<[^>]*>/g, ' ').replaceAll(/\s+/g, ' ')
  assert.equal(
    text.trim(),
    'Оплата Оплата 1 250 ₽ Заказ 2026-7K3M9Q Выберите ответ банка. ' +
      'Тестовый банк: настоящие деньги не списываются и не возвращаются. Оплатить Отклонить Подождать К заказу',
  )
})

test('the buyer sees the price and three buttons, in Russian and in English (PAY-3)', async () => {
  const order = await shop.startedOrder()
  const english = await pageOf(order)
  assert.match(english, /₽1,250</)
  assert.match(english, /2026-7K3M9Q/)
  assert.equal(english.match(/<button>/g)?.length, 3)
  const russian = await pageOf(order, { language: 'ru' })
  assert.match(russian, /1\s250\s₽</)
  assert.match(russian, /<button>Оплатить<\/button>/)
  assert.doesNotMatch(russian, /anna|example\.com/)
})

test('approve pays, decline does not, wait leaves the decision to a later click (PAY-3)', async () => {
  const [paid, declined, waiting] = [await shop.startedOrder(), await shop.startedOrder(), await shop.startedOrder()]
  const response = await shop.press('approve', paid)
  expectResponse(response, 303)
  assert.equal(response.headers['location'], payLinks.pathOf(paid.id))
  assert.match(await pageOf(paid), /We received the payment/)
  await shop.press('decline', declined)
  assert.match(await pageOf(declined), /No money was charged/)
  await shop.press('wait', waiting)
  const page = await pageOf(waiting)
  assert.match(page, /The bank is processing the payment/)
  assert.equal(page.match(/<button>/g)?.length, 2)
  await shop.press('approve', waiting)
  assert.match(await pageOf(waiting), /We received the payment/)
  await shop.assertNoViolations()
})

test('orders that are paid in cash, refunded or cancelled have no buttons', async () => {
  const cash = await shop.startedOrder(500, 'cash_on_delivery')
  assert.match(await pageOf(cash), /Pay on delivery/)
  await shop.press('approve', cash)
  assert.match(await pageOf(cash), /Pay on delivery/)
  const order = await shop.startedOrder()
  await shop.press('approve', order)
  await shop.publish(shop.cancellationRequested(order), shop.cancellationRequested(cash))
  await shop.deliver()
  assert.match(await pageOf(order), /Refunded/)
  assert.match(await pageOf(cash), /Cancelled/)
  for (const each of [cash, order]) assert.doesNotMatch(await pageOf(each), /<button>/)
})

test('a button that is pressed on another site does nothing (SEC-1)', async () => {
  const order = await shop.startedOrder()
  const foreign = [
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { origin: 'https://evil.example' },
    { origin: 'null' },
  ]
  for (const headers of foreign) expectProblem(await post(order, headers), 403, 'cross-site')
  assert.equal((await shop.paymentsOf(order))[0]?.status, 'pending')
  expectResponse(await post(order, { origin: 'https://shop.example' }), 303)
  assert.equal((await shop.paymentsOf(order))[0]?.status, 'completed')
})

test('the page loads the look of the shop alone, runs nothing, and its style is the one of its policy (SEC-4)', async () => {
  const page = await open(await shop.startedOrder())
  const policy = String(page.headers['content-security-policy'])
  const style = /<style>([^]*)<\/style>/.exec(page.text)?.[1] ?? ''
  assert.match(policy, /default-src 'none'/)
  assert.ok(policy.includes(`'sha256-${createHash('sha256').update(style).digest('base64')}'`))
  assert.doesNotMatch(page.text, /<script|<img|style="|\son\w+="/)
  const loaded = Array.from(page.text.matchAll(/<link rel="\w+" href="([^"]*)"/g), ([, path]) => path)
  assert.deepEqual(loaded, ['/favicon.svg', '/theme.css'])
  assert.equal(page.headers['cache-control'], 'no-store')
})

test('browsers send the page as the origin of its forms (SEC-1)', async () => {
  const { headers } = await open(await shop.startedOrder())
  assert.equal(headers['referrer-policy'], 'same-origin')
})

test('the description of an order cannot add HTML to the page (SEC-1)', async () => {
  const order = await shop.startedOrder()
  await shop.pool.query('update payments.payment_requests set description = $1 where subject_id = $2', [
    '<b onx="1">&',
    order.id,
  ])
  assert.match(await pageOf(order), /&lt;b onx=&quot;1&quot;&gt;&amp;/)
})

test('the buyer is redirected to a bank that has its own page (ORD-2)', async () => {
  const bank = sandbox({ db: shop.db, mode: 'page' })
  const url = 'https://bank.example/pay/7'
  const returnUrls: string[] = []
  const ownPage: Provider = {
    ...bank,
    start: async (input) => {
      returnUrls.push(input.return_url)
      return { ...(await bank.start(input)), confirmation_url: url }
    },
  }
  const module = shop.moduleWith({ provider: ownPage })
  const order = shop.newOrder()
  await shop.publish(shop.requested(order))
  await shop.deliver(module)
  const api = await openTestApi([module])
  const page = await open(order, { http: api.http })
  await api.close()
  expectResponse(page, 303)
  assert.equal(page.headers['location'], url)
  assert.equal((await shop.processed(order)).confirmation_url, url)
  assert.deepEqual(returnUrls, [`https://shop.example${payLinks.pathOf(order.id)}`])
})
