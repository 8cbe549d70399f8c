import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { Client, DatabaseError } from 'pg'
import { testDatabase, type TestDatabase } from '#platform/testing'
import { messageOf } from './message-of.ts'

let database: TestDatabase
before(async () => {
  database = await testDatabase()
})
after(() => database.close())

const external = { kind: 'external', url: 'postgresql://posad:hunter2@db.example:5433/posad' } as const

/** The message of the error with which a statement ends. */
async function messageOfStatement(text: string): Promise<string> {
  const client = await database.pool.connect()
  try {
    return await client.query(text).then(
      () => 'no error',
      (error: unknown) => messageOf(error, external),
    )
  } finally {
    client.release(true)
  }
}

describe('the message names the true cause of an error that speaks of a timeout (PLT-21)', () => {
  test('a lock of another program', async () => {
    const holder = await database.pool.connect()
    await holder.query('create table public.locked ()')
    await holder.query('begin; lock table public.locked')
    try {
      const message = await messageOfStatement(`set lock_timeout = '50ms'; select from public.locked`)
      assert.match(message, /^another program holds a lock that this command needs: /)
    } finally {
      holder.release(true)
    }
  })

  test('a statement that takes too long', async () => {
    const message = await messageOfStatement(`set statement_timeout = '50ms'; select pg_sleep(10)`)
    assert.match(message, /^the database cancelled a statement that took too long: /)
  })

  test('a setting that the server does not know is a bug, not an outage', async () => {
    const message = await messageOfStatement('set strange_timeout = 1')
    assert.match(message, /^this should not happen: unrecognized configuration parameter "strange_timeout"/)
  })

  test('a server that does not answer', () => {
    for (const text of [
      'timeout exceeded when trying to connect',
      'timeout expired',
      'Query read timeout',
      'Client has encountered a connection error and is not queryable',
    ])
      assert.equal(
        messageOf(new Error(text), external),
        'the database at db.example:5433 does not answer: is it running, and are host and port right in DATABASE_URL or DB_HOST?',
      )
  })
})

test('no message names a setting of an external database when the database is embedded (PLT-21)', () => {
  const errors = ['28P01', '28000', '3D000', '42501'].map((code) =>
    Object.assign(new DatabaseError('refused', 7, 'error'), { code }),
  )
  const refused = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED', syscall: 'connect' })
  for (const error of [...errors, refused, new Error('timeout expired')]) {
    assert.doesNotMatch(messageOf(error, { kind: 'embedded' }), /DATABASE_URL|POSTGRES_/)
    assert.match(messageOf(error, external), /DATABASE_URL|owner of the database/)
  }
})

test('a refused port and an unknown host name have different messages, and the password is not shown (PLT-21)', async () => {
  const messageAt = async (url: string) => {
    const client = new Client({ connectionString: url, connectionTimeoutMillis: 5000 })
    return await client.connect().then(
      () => 'connected',
      (error: unknown) => messageOf(error, { kind: 'external', url }),
    )
  }
  assert.equal(
    await messageAt('postgresql://posad:hunter2@127.0.0.1:1/posad'),
    'no database listens at 127.0.0.1:1: is it running, and are host and port right in DATABASE_URL or DB_HOST?',
  )
  assert.match(await messageAt('postgresql://posad:hunter2@localhost:1/posad'), /^no database listens at [^ ]+:1: /)
  assert.equal(
    await messageAt('postgresql://posad:hunter2@nosuch.invalid:5432/posad'),
    'there is no host nosuch.invalid: is its name right in DATABASE_URL or DB_HOST?',
  )
  assert.match(
    await messageAt('postgresql://posad:hunter2@%2Fnowhere/posad'),
    /^the database at \/nowhere\/\.s\.PGSQL\.5432 does not/,
  )
})

test('a path that cannot be read or written is named with the reason (PLT-21)', () => {
  const error = Object.assign(new Error("ENOENT: no such file or directory, open '/nowhere/x.csv'"), {
    code: 'ENOENT',
    path: '/nowhere/x.csv',
  })
  assert.equal(messageOf(error, { kind: 'embedded' }), '/nowhere/x.csv: there is no such file or directory')
})

test('a disk that is full or broken is no bug, with and without a path (PLT-21)', () => {
  const embedded = { kind: 'embedded' } as const
  for (const [code, words] of [
    ['ENOSPC', /^the disk is full: make room/],
    ['EDQUOT', /^the quota of this user/],
    ['EIO', /^the disk cannot be read or written/],
  ] as const) {
    const error = Object.assign(new Error(`${code}: some words, write`), { code, syscall: 'write' })
    assert.match(messageOf(error, embedded), words)
    const named = messageOf(Object.assign(error, { path: '/backups/first' }), embedded)
    assert.match(named.replace('/backups/first: ', ''), words)
    assert.ok(named.startsWith('/backups/first: '))
  }
})
