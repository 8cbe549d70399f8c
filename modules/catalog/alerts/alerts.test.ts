import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { accountsMerged, mergeReverted, userDeleted } from '#identity/events'
import { Page } from '#platform/schema'
import {
  anna,
  boris,
  checkedValues,
  crowd,
  expectProblem,
  expectResponse,
  guest,
  runJob,
  statusesOf,
} from '#platform/testing'
import { newId } from '#platform/values'
import { openCatalogTest, type CatalogTest } from '../testing.ts'
import { alertKinds, AlertView } from './schema.ts'

let catalog: CatalogTest
before(async () => {
  catalog = await openCatalogTest()
})
beforeEach(async () => {
  await catalog.pool.query('delete from catalog.alert_owners')
  catalog.mails.length = 0
})
after(() => catalog.close())

type Kind = (typeof alertKinds)[number]
const subscribe = (variant_id: string, kind: Kind = 'back_in_stock', caller = anna) =>
  catalog.send(caller, `PUT /catalog/variants/${variant_id}/alerts/${kind}`)
const subscribed = async (variant_id: string, kind?: Kind) =>
  expectResponse(await subscribe(variant_id, kind), 200, AlertView)
const listed = async (caller = anna) =>
  expectResponse(await catalog.send(caller, 'GET /catalog/variants/alerts'), 200, Page(AlertView)).items
const run = () => runJob(catalog.module, 'catalog.send-alerts')
const restock = (variant_id: string, delta: number) =>
  catalog.asStaff(`POST /admin/variants/${variant_id}/stock`, { delta, reason: 'delivery' })

test('a customer gets one e-mail when a variant is in stock again (CAT-16)', async () => {
  const id = await catalog.addVariant(0)
  await subscribed(id)
  await run()
  assert.equal(catalog.mails.length, 0)
  expectResponse(await restock(id, 3), 201)
  await crowd(3, run)
  const [mail, ...others] = catalog.mails
  assert.ok(mail && others.length === 0)
  assert.equal(mail.to, anna.email)
  assert.match(mail.text, /https:\/\/shop\.example\/product\/rose-/)
  assert.deepEqual(await listed(), [])
  await run()
  assert.equal(catalog.mails.length, 1)
})

test('a customer gets one e-mail when a variant costs less than on the day of the subscription (CAT-16)', async () => {
  const id = await catalog.addVariant(5)
  assert.equal((await subscribed(id, 'price_drop')).price, 10_000)
  const price = async (amount: number) =>
    expectResponse(await catalog.asStaff(`PATCH /admin/variants/${id}`, { price: amount }), 200)
  await price(11_000)
  await run()
  assert.equal(catalog.mails.length, 0)
  await price(9000)
  await run()
  assert.match(catalog.mails[0]?.text ?? '', /₽90\b/)
})

test('a variant in stock, a hidden one and an unknown one are refused; a repeat is one subscription (CAT-16)', async () => {
  const inStock = await catalog.addVariant(1)
  expectProblem(await subscribe(inStock), 409, 'in-stock')
  expectProblem(await subscribe(newId()), 404, 'not-found')
  const id = await catalog.addVariant(0)
  const results = await crowd(5, () => subscribe(id))
  for (const one of results) assert.equal(one.status === 'fulfilled' && one.value.status, 200)
  assert.equal((await listed()).length, 1)
  expectProblem(await catalog.send(guest, `PUT /catalog/variants/${id}/alerts/back_in_stock`), 401, 'unauthorized')
  const { email: _email, ...telegram } = boris
  expectProblem(await subscribe(id, 'back_in_stock', telegram), 409, 'email-needed')
})

test('a customer has fifty subscriptions at most, also when they come at once, and ends one (CAT-16)', async () => {
  const ids = await Promise.all(Array.from({ length: 52 }, () => catalog.addVariant(0)))
  const statuses = statusesOf(await crowd(52, (i) => subscribe(ids[i] ?? '')))
  assert.deepEqual(
    [statuses.filter((one) => one === 200).length, statuses.filter((one) => one === 409).length],
    [50, 2],
  )
  const [first = assert.fail()] = await listed()
  const path = `DELETE /catalog/variants/${first.variant_id}/alerts/back_in_stock` as const
  expectProblem(await catalog.send(boris, path), 404, 'not-found')
  assert.equal((await catalog.send(anna, path)).status, 204)
  expectProblem(await catalog.send(anna, path), 404, 'not-found')
})

test('the link in an e-mail asks first, and then cancels all other subscriptions (CAT-16)', async () => {
  const [one, other] = [await catalog.addVariant(0), await catalog.addVariant(0)]
  await subscribed(one)
  await subscribed(other)
  await restock(one, 1)
  await run()
  const [path = assert.fail()] = /\/alerts\/[\w-]+/.exec(catalog.mails[0]?.text ?? '') ?? []
  const headers = { 'accept-language': 'en' }
  const page = await catalog.http.inject({ url: path, headers })
  assert.match(page.body, /Cancel your subscriptions/)
  assert.equal((await listed()).length, 1, 'opening the link changes nothing')
  const form = { ...headers, 'content-type': 'application/x-www-form-urlencoded' }
  for (let times = 0; times < 2; times++) {
    const done = await catalog.http.inject({ method: 'POST', url: path, headers: form, payload: '' })
    assert.match(done.body, /are cancelled/)
  }
  assert.deepEqual(await listed(), [])
  assert.equal((await catalog.http.inject({ url: '/alerts/wrong', headers })).statusCode, 404)
})

test('a subscription waits until its mailbox is verified, and a deleted account has none (CAT-16, ID-18)', async () => {
  const id = await catalog.addVariant(0)
  await subscribe(id, 'back_in_stock', boris)
  await subscribed(id)
  assert.equal((await catalog.module.api.exportAlerts(anna.user_id)).length, 1)
  for (let times = 0; times < 2; times++) await catalog.deliver(userDeleted({ user_id: anna.user_id }))
  assert.deepEqual(await listed(), [])
  await restock(id, 1)
  await run()
  assert.deepEqual([catalog.mails, (await listed(boris)).length], [[], 1])
  catalog.verified.add(boris.user_id)
  try {
    await crowd(3, run)
  } finally {
    catalog.verified.delete(boris.user_id)
  }
  assert.deepEqual([catalog.mails.map(({ to }) => to), await listed(boris)], [[boris.email], []])
})

test('subscriptions without a mailbox hold up no others, and a lower price waits too (CAT-16)', async () => {
  const ids = await Promise.all(Array.from({ length: 110 }, () => catalog.addVariant(0)))
  await catalog.pool.query(
    `with owner as (insert into catalog.alert_owners values (uuid '00000000-0000-7000-8000-000000000000', $2, 'en') returning user_id)
    insert into catalog.alerts (user_id, variant_id, kind, price, created_at)
    select user_id, variant_id, 'price_drop', 20000, now() from owner, unnest($1::uuid[]) variant_id`,
    [ids, 'x'.repeat(43)],
  )
  const last = ids.at(-1) ?? assert.fail()
  await subscribed(last)
  await restock(last, 1)
  await run()
  assert.deepEqual(
    catalog.mails.map(({ to }) => to),
    [anna.email],
  )
  const { rows } = await catalog.pool.query('select count(*)::int as count from catalog.alerts')
  assert.equal(rows[0].count, 110)
})

test('an alert that is due before the accounts are merged reaches the survivor (CAT-16, ID-12)', async () => {
  const id = await catalog.addVariant(0)
  await subscribe(id, 'back_in_stock', boris)
  await restock(id, 1)
  await run()
  await catalog.deliver(accountsMerged({ merge_id: newId(), from: boris.user_id, into: anna.user_id }))
  await run()
  assert.deepEqual(
    catalog.mails.map(({ to }) => to),
    [anna.email],
  )
})

test('the subscriptions of a merged account belong to the survivor, and go back with the reversal (CAT-16, ID-12)', async () => {
  const [own, both] = [await catalog.addVariant(0), await catalog.addVariant(0)]
  await subscribe(own, 'back_in_stock', boris)
  await subscribe(both, 'back_in_stock', boris)
  await subscribed(both)
  const merge = { merge_id: newId(), from: boris.user_id, into: anna.user_id }
  for (let times = 0; times < 2; times++) await catalog.deliver(accountsMerged(merge))
  assert.deepEqual([(await listed()).length, (await listed(boris)).length], [2, 0])
  await catalog.deliver(mergeReverted(merge))
  assert.deepEqual([(await listed()).length, (await listed(boris)).length], [1, 1])
})

test('the database admits exactly the kinds of the code (F-71)', async () => {
  assert.deepEqual(await checkedValues(catalog.db, 'catalog.alerts', 'kind'), new Set(alertKinds))
})
