import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { testDatabase, type TestDatabase } from '#platform/testing'
import { serverVersion, tooOld } from './index.ts'

let database: TestDatabase
before(async () => {
  database = await testDatabase()
})
after(() => database.close())

test('a server before PostgreSQL 18 is too old, and keeps its version without the name of its package (PLT-12)', () => {
  assert.equal(tooOld('15.16 (Debian 15.16-0+deb12u1)'), '15.16')
  assert.equal(tooOld('17.9'), '17.9')
  for (const version of ['18.4', '18beta1', '19.1']) assert.equal(tooOld(version), undefined, version)
})

test('the server of the tests has a version that can run Posad (PLT-12)', async () => {
  const version = await serverVersion(database.url)
  assert.match(version, /^\d{2}/)
  assert.equal(tooOld(version), undefined)
})
