import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BackupRefused } from '#platform/backup'
import { readAppConfig } from '../config/config.ts'
import { placeOf } from './backup-files.ts'

const config = readAppConfig({ POSAD_DATA: '/srv/shop/data' })

test('the secrets and the files of a backup go into the data directory (PLT-23)', () => {
  assert.equal(placeOf(config, 'data/jwt-secret'), '/srv/shop/data/jwt-secret')
  assert.equal(placeOf(config, 'data/files/product/one two.webp'), '/srv/shop/data/files/product/one two.webp')
})

for (const path of [
  '.npmrc',
  'files/a.webp',
  'datafiles/a.webp',
  'data',
  'data/.env',
  'data/evil.mjs',
  'data/sub/jwt-secret',
  'data/postgres/postgresql.conf',
]) {
  test(`a restore writes no ${path}: it is nothing that a shop has (SEC-1, PLT-23)`, () => {
    assert.throws(() => placeOf(config, path), BackupRefused)
  })
}
