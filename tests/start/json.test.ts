import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { sql } from 'kysely'
import { testDatabase, type TestDatabase } from '#platform/testing'
import { minutes } from '#platform/values'
import { everyCommand } from './every-command.ts'
import { posad, temporaryDirectory } from './shop-process.ts'

/** Commands without a result for programs, and the reason. */
const withoutJson: Readonly<Record<string, string>> = {
  start: 'it runs until a signal, and its lines are the log',
  worker: 'the same',
  gateway: 'the same',
  'catalog export': 'CSV is for programs already',
  export: 'the same',
  demo: 'people watch it',
  help: 'people read it',
}

/** Commands with --json that do not run here, and the reason. */
const notRun: Readonly<Record<string, string>> = {
  'migrate new': 'it writes among the sources, where other tests count migrations',
  bench: 'a bar needs the whole machine for most of a minute',
}

test('every command that prints a result has --json (PLT-21)', () => {
  const lacking = [...everyCommand].filter(([, command]) => !command.options.some(({ long }) => long === '--json'))
  assert.deepEqual(lacking.map(([name]) => name).toSorted(), Object.keys(withoutJson).toSorted())
})

let database: TestDatabase
let empty: TestDatabase
const directory = temporaryDirectory()
const products = join(directory, 'products.csv')
const instance = join(directory, 'instance.txt')
const [retried, skipped, handled] = [1, 2, 3].map((n) => `01900000-0000-7000-8000-00000000000${n}`)
const olga = '01900000-0000-7000-8000-000000000009'

before(async () => {
  database = await testDatabase({ size: 1 })
  empty = await testDatabase({ size: 1, parts: [] })
  await empty.pool.query('drop schema if exists platform cascade')
  writeFileSync(instance, '1 5 1\n0 0 0 0 0 1000 0 0 0\n1 10 0 5 0 1000 1 0 2\n2 20 0 -5 0 1000 1 1 0\n')
  const { db } = database
  const types = ['delivery.parcel-weighed.v1', 'payments.payment-started.v1']
  await sql`insert into platform.consumer (consumer_group, types) values ('herald', '{}'), ('ordering', ${types})`.execute(
    db,
  )
  await sql`
    insert into platform.parked (consumer_group, event_id, position, day, partition_key, type, state)
    values ('ordering', ${retried}, 1, now(), 'a', 'payments.payment-started.v1', 'dead'),
      ('ordering', ${skipped}, 2, now(), 'b', 'payments.payment-started.v1', 'dead')
  `.execute(db)
  await sql`
    insert into platform.event (event_id, type, source, subject, partition_key, correlation_id, data)
    values (${handled}, 'payments.payment-started.v1', 'payments', 'c', 'c', ${handled}, '{}')
  `.execute(db)
  await sql`insert into platform.inbox (consumer_group, event_id) values ('ordering', ${handled})`.execute(db)
  await sql`
    insert into identity.users (id, name, locale, timezone, role, created_at, updated_at)
    values (${olga}, 'Olga', 'ru', 'UTC', 'customer', now(), now())
  `.execute(db)
  await sql`
    insert into identity.identities (user_id, provider, subject, created_at)
    values (${olga}, 'email', 'olga@example.org', now())
  `.execute(db)
})
after(async () => {
  await database.close()
  await empty.close()
})

const run = (command: string, { url }: TestDatabase = database) =>
  posad(command, { DATABASE_URL: url, POSAD_DATA: directory })

/** The arguments with which each command succeeds, in an order in which all of them do, and fields of its result. */
const runs: Readonly<Record<string, readonly [args: string, result: object]>> = {
  seed: ['', {}],
  check: ['', { ok: true }],
  'catalog import': [products, { failed: 0 }],
  import: [`${products} --dry-run`, { failed: 0 }],
  'users invite': ['operator', { role: 'operator' }],
  'users grant': ['olga@example.org customer', { email: 'olga@example.org', role: 'customer' }],
  'dispatch plan': [`--pdptw ${instance} --iterations 5`, { vehicles: 1 }],
  db: ['', {}],
  'outbox status': ['', { unknown_types: [] }],
  'outbox dead': ['', { total: 2 }],
  'outbox retry': [`ordering ${retried}`, { group: 'ordering', event_id: retried, count: 1 }],
  'outbox skip': [`ordering ${skipped} --reason spoilt`, { group: 'ordering', event_id: skipped, reason: 'spoilt' }],
  'outbox replay': [`ordering ${handled} --reason again`, { group: 'ordering', event_id: handled, reason: 'again' }],
  'outbox remove-group': ['herald --yes', { group: 'herald', discarded: 0 }],
  'outbox remove-type': [
    'ordering delivery.parcel-weighed.v1 --yes',
    { group: 'ordering', type: 'delivery.parcel-weighed.v1', skipped: 0 },
  ],
  'outbox after-restore': ['', { groups: ['ordering'] }],
  backup: [join(directory, 'copy'), { databases: ['posad'] }],
  restore: [join(directory, 'copy'), { databases: ['posad'] }],
  'migrate status': ['', []],
  'migrate down': ['cart --yes', {}],
  'migrate up': ['', []],
}

test('every command with --json is in this file (PLT-21)', () => {
  const named = [...Object.keys(runs), ...Object.keys(notRun), ...Object.keys(withoutJson)]
  assert.deepEqual([...everyCommand.keys()].toSorted(), named.toSorted())
})

describe('with --json a command prints its result, and nothing else, on standard output (PLT-21)', () => {
  for (const [name, [args, expected]] of Object.entries(runs)) {
    test(`posad ${name}`, { timeout: minutes(1) }, () => {
      if (name === 'catalog import') assert.equal(run(`export ${products}`).status, 0)
      const target = name === 'restore' ? empty : database
      const { status, stdout, stderr } = run([name, args, '--json'].filter((part) => part !== '').join(' '), target)
      assert.equal(status, 0, stderr)
      const result = JSON.parse(stdout) as object
      assert.equal(Array.isArray(result), Array.isArray(expected), stdout)
      assert.partialDeepStrictEqual(result, expected)
      assert.ok(Object.keys(result).length > 0, stdout)
    })
  }
})
