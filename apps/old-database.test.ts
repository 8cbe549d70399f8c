import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { testDatabase, type TestDatabase } from '#platform/testing'

const cli = join(import.meta.dirname, 'cli.ts')

let database: TestDatabase
before(async () => {
  database = await testDatabase()
  await database.pool.query('create schema posad; create table posad.migration (number int)')
})
after(() => database.close())

for (const command of ['start', 'check', 'migrate up', 'migrate status']) {
  test(`posad ${command} refuses a database of a version before 0.1.0 with one line (PLT-12)`, () => {
    const environment = { PATH: process.env['PATH'], DATABASE_URL: database.url, APP_PORT: '0' }
    const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...command.split(' ')], {
      env: environment,
      encoding: 'utf8',
      timeout: 20_000,
    })
    assert.deepEqual([status, stdout], [1, ''], stderr)
    assert.match(stderr, /^posad: A version of Posad before 0\.1\.0 made this database[^\n]+start again\n$/)
  })
}
