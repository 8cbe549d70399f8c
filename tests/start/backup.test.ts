import assert from 'node:assert/strict'
import { appendFileSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { sql } from 'kysely'
import { testDatabase, type TestDatabase } from '#platform/testing'
import { minutes } from '#platform/values'
import { posad, temporaryDirectory } from './shop-process.ts'

async function emptyDatabase(): Promise<TestDatabase> {
  const database = await testDatabase({ size: 1 })
  const { rows } = await sql<{ nspname: string }>`
    select nspname from pg_namespace where nspname !~ '^pg_' and nspname not in ('information_schema', 'public')
  `.execute(database.db)
  for (const { nspname } of rows) await sql`drop schema ${sql.id(nspname)} cascade`.execute(database.db)
  return database
}

test(
  'posad backup and posad restore move a shop with its secrets to another directory (PLT-21, PLT-23)',
  { timeout: minutes(4) },
  async () => {
    const [shop, other, backups] = [temporaryDirectory(), temporaryDirectory(), temporaryDirectory()]
    const [database, empty] = [await testDatabase({ size: 1 }), await emptyDatabase()]
    const urls = new Map([
      [shop, database.url],
      [other, empty.url],
    ])
    const run = (command: string, directory: string) =>
      posad(command, { POSAD_DATA: directory, DATABASE_URL: urls.get(directory) ?? '' })
    assert.equal(run('seed', shop).status, 0)
    const goods = run('catalog export', shop).stdout

    const photo = 'files/public/Моё фото (1).jpg'
    mkdirSync(join(shop, 'files/public'), { recursive: true })
    writeFileSync(join(shop, photo), 'a photograph')
    const target = join(backups, 'first')
    const written = run(`backup ${target} --json`, shop)
    assert.equal(written.status, 0, written.stderr)
    const { databases, rows } = JSON.parse(written.stdout) as { databases: string[]; rows: number }
    assert.deepEqual([databases, rows > 100], [['posad'], true])
    assert.match(written.stderr, /posad: \d+ rows/)
    assert.equal(statSync(join(target, 'manifest.json')).mode & 0o077, 0, 'other users cannot read a backup')
    assert.match(run(`backup ${target}`, shop).stderr, /is not empty/)

    const restored = run(`restore ${target}`, other)
    assert.equal(restored.status, 0, restored.stderr)
    assert.equal(run('catalog export', other).stdout, goods)
    assert.equal(run('check', other).status, 0)
    const secrets = readdirSync(shop).filter((name) => name.endsWith('-secret'))
    assert.ok(secrets.length > 0)
    for (const name of secrets)
      assert.equal(readFileSync(join(other, name), 'utf8'), readFileSync(join(shop, name), 'utf8'))

    rmSync(join(other, photo))
    writeFileSync(join(other, `${photo}.part`), 'a pho') // where a restore was killed
    assert.equal(run(`restore ${target}`, other).status, 0)
    assert.equal(readFileSync(join(other, photo), 'utf8'), 'a photograph')

    assert.match(run(`restore ${target}`, shop).stderr, /is not empty: name an empty one/)
    const [file = ''] = readdirSync(join(target, 'posad'))
    appendFileSync(join(target, 'posad', file), 'x')
    const damaged = run(`restore ${target}`, other)
    assert.deepEqual([damaged.status, damaged.stderr.includes('differs from its checksum')], [1, true])
    await database.close()
    await empty.close()
  },
)
