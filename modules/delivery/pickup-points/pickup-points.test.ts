import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { FastifyInstance } from 'fastify'
import { testDatabase, testServer, type TestDatabase } from '#platform/testing'
import { seedDemo } from '../index.ts'
import { ordersOn } from '../testing.ts'

let database: TestDatabase
let http: FastifyInstance
before(async () => {
  database = await testDatabase()
  await seedDemo(database.db)
  await seedDemo(database.db)
  http = await testServer([ordersOn(database.db).module])
})
after(async () => {
  await http.close()
  await database.close()
})

test('a customer finds where and when to fetch an order, in Russian and English (DLV-3)', async () => {
  const look = (language: string, more: Record<string, string> = {}) =>
    http.inject({ url: '/api/v1/delivery/pickup-points', headers: { 'accept-language': language, ...more } })
  const russian = await look('ru')
  const [point, ...others] = russian.json().items
  assert.deepEqual(others, [])
  assert.equal(point.name, 'Лавка на Посаде')
  assert.equal(point.hours_text, 'Пн–Пт 10:00–20:00, Сб–Вс 11:00–18:00')
  assert.equal(point.timezone, 'Europe/Moscow')
  assert.equal((await look('en')).json().items[0].hours_text, 'Mon–Fri 10:00–20:00, Sat–Sun 11:00–18:00')
  const etag = String(russian.headers.etag)
  assert.equal((await look('ru', { 'if-none-match': etag })).statusCode, 304)
  assert.equal((await look('en', { 'if-none-match': etag })).statusCode, 200)
})
