import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { Client } from 'pg'
import { startEmbedded } from '#platform/db'
import { testDatabase, type TestDatabase } from '#platform/testing'
import { ensureBuild } from '../storefront/build.ts'

const cli = join(import.meta.dirname, '../cli.ts')

let database: TestDatabase
before(async () => {
  // The first start with new pages says that it builds them.
  await ensureBuild(() => {})
  database = await testDatabase()
  await database.pool.query('create schema posad; create table posad.migration (number int)')
})
after(() => database.close())

for (const command of ['start', 'check', 'migrate up', 'migrate status']) {
  test(`posad ${command} refuses a database of a version before 0.1.0 with one line (PLT-12)`, () => {
    const environment = { PATH: process.env['PATH'], DATABASE_URL: database.url, APP_PORT: '0' }
    const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...command.split(' ')], {
      cwd: tmpdir(),
      env: environment,
      encoding: 'utf8',
      timeout: 20_000,
    })
    assert.deepEqual([status, stdout], [1, ''], stderr)
    assert.match(
      stderr,
      /^posad: A version of Posad before 0\.1\.0 made this database[^\n]+: name an empty database in DATABASE_URL and start again\n$/,
    )
  })
}

test('the refusal names the directory of an embedded database of a version before 0.1.0 (PLT-12)', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'posad-old-'))
  chmodSync(directory, 0o755)
  try {
    const server = await startEmbedded({ directory, settings: { fsync: 'off' } })
    const client = new Client({ connectionString: server.url('posad') })
    await client.connect()
    await client.query('create schema posad; create table posad.migration (number int)')
    await client.end()
    await server.stop()
    const { status, stderr } = spawnSync(process.execPath, [cli, 'check'], {
      cwd: tmpdir(),
      env: { PATH: process.env['PATH'], POSAD_DATA: directory },
      encoding: 'utf8',
      timeout: 20_000,
    })
    assert.equal(status, 1)
    assert.ok(stderr.endsWith(`: move the directory ${directory} away and start again\n`), stderr)
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
})
