import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { after, before, test } from 'node:test'
import { testServer } from '#platform/testing'
import type { Provider } from '../index.ts'
import { sandbox } from '../providers/sandbox.ts'
import { openTill, type Order, type Till } from '../testing.ts'

let till: Till
before(async () => {
  till = await openTill()
})
after(() => till.end())

const open = (order: Pick<Order, 'id'>, query = '', language = 'en') =>
  till.http.inject({ url: `/pay/${order.id}${query}`, headers: { 'accept-language': language } })
const post = (order: Order, headers: Record<string, string>) =>
  till.http.inject({
    method: 'POST',
    url: `/pay/${order.id}/approve`,
    headers: { 'content-type': 'application/x-www-form-urlencoded', host: 'shop.example', ...headers },
    payload: '',
  })

test('the page waits for the payment by looking again, and gives up on a link to nothing (ORD-2)', async () => {
  const order = till.order()
  const page = await open(order)
  assert.equal(page.statusCode, 200)
  assert.match(page.body, new RegExp(`http-equiv="refresh" content="1;url=/pay/${order.id}\\?looks=1"`))
  assert.match((await open(order, '?looks=7')).body, /looks=8/)
  const last = await open(order, '?looks=30')
  assert.equal(last.statusCode, 404)
  assert.doesNotMatch(last.body, /http-equiv="refresh"/)
})

test('a link that is cut short or spoiled opens a page for people, and no problem document (ORD-2)', async () => {
  const order = await till.dueOrder()
  for (const id of [order.id.slice(0, 20), `${order.id}.`, 'nope', "'--", 'x'.repeat(90)]) {
    const page = await open({ id })
    assert.deepEqual([page.statusCode, page.headers['content-type']], [404, 'text/html; charset=utf-8'], id)
    assert.match(page.body, /Nothing to pay here/)
  }
  for (const query of ['?looks=soon', '?looks=-1', '?looks=1e9', '?looks=', '?utm_source=letter']) {
    assert.match((await open(order, query)).body, /RUB 1,250\.00/, query)
  }
})

test('whoever has the link learns what is to be paid, and not who ordered what (ORD-2)', async () => {
  const order = await till.dueOrder()
  const { body } = await open(order, '', 'ru')
  const words = body.replaceAll(/<style>[^]*<\/style>|<[^>]*>/g, ' ').replaceAll(/\s+/g, ' ')
  assert.equal(
    words.trim(),
    'Оплата Оплата 1 250,00 ₽ Заказ 2026-7K3M9Q Тестовый банк: деньги не списываются. Выберите, что он ответит. ' +
      'Оплатить Отклонить Подождать Вернуться в магазин',
  )
})

test('the buyer sees the sum and three buttons, in Russian and in English (PAY-3)', async () => {
  const order = await till.dueOrder()
  const english = await open(order)
  assert.match(english.body, /RUB 1,250\.00/)
  assert.match(english.body, /2026-7K3M9Q/)
  assert.equal(english.body.match(/<button>/g)?.length, 3)
  const russian = await open(order, '', 'ru')
  assert.match(russian.body, /1\s250,00\s₽/)
  assert.match(russian.body, /<button>Оплатить<\/button>/)
  assert.doesNotMatch(russian.body, /anna|example\.com/)
})

test('approve pays, decline does not, wait keeps the bank thinking until it decides (PAY-3)', async () => {
  const [paid, declined, thinking] = [await till.dueOrder(), await till.dueOrder(), await till.dueOrder()]
  const answer = await till.press('approve', paid)
  assert.deepEqual([answer.statusCode, answer.headers.location], [303, `/pay/${paid.id}`])
  assert.match((await open(paid)).body, /The money is here/)
  await till.press('decline', declined)
  assert.match((await open(declined)).body, /No money was taken/)
  await till.press('wait', thinking)
  const page = (await open(thinking)).body
  assert.match(page, /The bank is thinking/)
  assert.equal(page.match(/<button>/g)?.length, 2)
  await till.press('approve', thinking)
  assert.match((await open(thinking)).body, /The money is here/)
  await till.assertBooks()
})

test('cash, refunded and cancelled orders have no buttons', async () => {
  const cash = await till.dueOrder(500, 'cash_on_delivery')
  assert.match((await open(cash)).body, /Pay on delivery/)
  await till.press('approve', cash)
  assert.match((await open(cash)).body, /Pay on delivery/)
  const order = await till.dueOrder()
  await till.press('approve', order)
  await till.say(till.notDue(order), till.notDue(cash))
  await till.deliver()
  assert.match((await open(order)).body, /Refunded/)
  assert.match((await open(cash)).body, /Cancelled/)
})

test('a button pressed on another site does nothing (SEC-1)', async () => {
  const order = await till.dueOrder()
  assert.equal((await post(order, { 'sec-fetch-site': 'cross-site' })).statusCode, 403)
  assert.equal((await post(order, { 'sec-fetch-site': 'same-site' })).statusCode, 403)
  assert.equal((await post(order, { origin: 'https://evil.example' })).statusCode, 403)
  assert.equal((await post(order, { origin: 'null' })).statusCode, 403)
  assert.equal((await till.attempts(order))[0]?.status, 'pending')
  assert.equal((await post(order, { origin: 'https://shop.example' })).statusCode, 303)
  assert.equal((await till.attempts(order))[0]?.status, 'completed')
})

test('the page loads nothing, runs nothing, and its only style is the one its policy names (SEC-4)', async () => {
  const order = await till.dueOrder()
  const page = await open(order)
  const policy = String(page.headers['content-security-policy'])
  const style = /<style>([^]*)<\/style>/.exec(page.body)?.[1] ?? ''
  assert.match(policy, /default-src 'none'/)
  assert.ok(policy.includes(`'sha256-${createHash('sha256').update(style).digest('base64')}'`))
  assert.doesNotMatch(page.body, /<script|<img|<link|style="|\son\w+="/)
  assert.equal(page.headers['cache-control'], 'no-store')
})

test('the page lets browsers tell its own site where a button was pressed (SEC-1)', async () => {
  // Without it a browser on plain HTTP sends `Origin: null` with the form, which is what a stranger's page sends.
  const { headers } = await open(await till.dueOrder())
  assert.equal(headers['referrer-policy'], 'same-origin')
})

test('what an order is called cannot write into the page (SEC-1)', async () => {
  const order = await till.dueOrder()
  await till.pool.query('update payments.dues set description = $1 where subject_id = $2', ['<b onx="1">&', order.id])
  assert.match((await open(order)).body, /&lt;b onx=&quot;1&quot;&gt;&amp;/)
})

test('a bank with a page of its own gets the buyer sent there (ORD-2)', async () => {
  const bank = sandbox({ db: till.db, mode: 'page' })
  const url = 'https://bank.example/pay/7'
  const ownPage: Provider = {
    ...bank,
    start: async (input) => ({ ...(await bank.start(input)), confirmation_url: url }),
  }
  const order = till.order()
  await till.say(till.due(order))
  await till.deliver(till.wired('page', ownPage))
  const http = await testServer([till.wired('page', ownPage)])
  const page = await http.inject({ url: `/pay/${order.id}` })
  await http.close()
  assert.deepEqual([page.statusCode, page.headers.location], [303, url])
  assert.equal((await till.process(order)).json().confirmation_url, url)
})
