import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { expectResponse, guest } from '#platform/testing'
import { seedDemo } from '../index.ts'
import { PickupPointList } from '../schema.ts'
import { openDeliveryTest, type DeliveryTest } from '../testing.ts'

let shop: DeliveryTest
before(async () => {
  shop = await openDeliveryTest()
  await seedDemo(shop.db)
  await seedDemo(shop.db)
})
after(() => shop.close())

const list = (language: string, headers: Record<string, string> = {}) =>
  shop.api.send(guest, 'GET /delivery/pickup-points', { headers: { 'accept-language': language, ...headers } })

test('a customer sees where and when to collect an order, in Russian and English (DLV-3)', async () => {
  const russian = await list('ru')
  const [point, ...others] = expectResponse(russian, 200, PickupPointList).items
  assert.deepEqual(others, [])
  assert.equal(point?.name, 'Лавка на Посаде')
  assert.equal(point?.hours_text, 'Пн–Пт 10:00–20:00, Сб–Вс 11:00–18:00')
  assert.equal(point?.timezone, 'Europe/Moscow')
  const english = expectResponse(await list('en'), 200, PickupPointList).items[0]
  assert.equal(english?.hours_text, 'Mon–Fri 10:00–20:00, Sat–Sun 11:00–18:00')
  const etag = String(russian.headers['etag'])
  expectResponse(await list('ru', { 'if-none-match': etag }), 304)
  expectResponse(await list('en', { 'if-none-match': etag }), 200)
})
