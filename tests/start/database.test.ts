import assert from 'node:assert/strict'
import { renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { before, test } from 'node:test'
import { Client } from 'pg'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort, isAlive, tryLock } from '#platform/db'
import { eventually } from '#platform/testing'
import {
  databaseOf,
  isListening,
  posad,
  spawnPosad,
  startShop,
  temporaryDirectory,
  type ShopProcess,
} from './shop-process.ts'

const directory = temporaryDirectory()
const environment = { POSAD_DATA: directory, APP_PORT: String(await freePort()), RATE_LIMITS: 'false' }
let shop: ShopProcess
before(async () => {
  shop = await startShop(environment)
})

const register = async () => {
  const email = `anna-${Math.random()}@example.org`
  const response = await fetch(`${shop.address}/api/v1/auth/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password: 'oolong at noon', name: 'Anna' }),
  })
  await response.arrayBuffer()
  return response
}

function killDatabase(): Readonly<{ pid: number; port: number }> {
  const database = databaseOf(directory) ?? assert.fail('the shop has a database')
  process.kill(database.pid, 'SIGKILL')
  return database
}

test('a killed database runs again within five seconds on its port; requests get 503 until then (F-3, REL-2)', async (t) => {
  for (const kill of ['first', 'second']) {
    const killedAt = performance.now()
    const killed = killDatabase()
    await eventually(
      async () => {
        const { status, headers } = await register()
        if (status === 503) assert.match(headers.get('retry-after') ?? '', /^\d+$/)
        else assert.equal(status, 201)
        assert.equal(status, 201, shop.output())
      },
      { within: 20_000 },
    )
    const outage = Math.round(performance.now() - killedAt)
    const [line] =
      shop
        .output()
        .match(/ready again after \d+ ms/g)
        ?.slice(-1) ?? []
    t.diagnostic(`${kill} kill: ${outage} ms until a customer registers; the database was ${line}`)
    // REL-2 allows 5 s. A machine that runs other tests at the same time gets twice that.
    assert.ok(outage < 10_000, `${outage} ms`)
    assert.equal(databaseOf(directory)?.port, killed.port)
    assert.notEqual(databaseOf(directory)?.pid, killed.pid)
  }
})

test('a start during which the database is killed ends with a reason, or opens the shop (F-3, S1)', async () => {
  const other = temporaryDirectory()
  const port = await freePort()
  for (const delay of [0, 200, 400, 700]) {
    const { child, output, exited } = spawnPosad('start', { POSAD_DATA: other, APP_PORT: String(port) })
    const { pid } = await eventually(
      () => {
        const running = databaseOf(other)
        assert.ok(running && isAlive(running.pid))
        return running
      },
      { within: 40_000, every: 5 },
    )
    await sleep(delay)
    process.kill(pid, 'SIGKILL')
    const ended = exited.then(() => true)
    const isOpen = eventually(
      async () => assert.equal((await fetch(`http://127.0.0.1:${port}/health/ready`)).status, 200),
      { within: 20_000 },
    )
    await Promise.race([ended, isOpen]).catch(() =>
      assert.fail(`after ${delay} ms: neither open nor ended:\n${output()}`),
    )
    isOpen.catch(() => {})
    if (child.exitCode === null) child.kill('SIGTERM')
    await exited
    if (child.exitCode !== 0)
      assert.match(output(), /posad: (the database|the embedded database|The embedded PostgreSQL)/)
  }
})

test('a command beside a running shop waits for its database, and starts none (F-3, PLT-21)', async () => {
  const release = tryLock(join(directory, 'postgres.lock'), 'exclusive') ?? assert.fail('the lock is free')
  const killed = killDatabase()
  const command = spawnPosad('migrate status --json', environment)
  try {
    const isWaiting = () => assert.match(command.output(), /Waiting for the database of the running shop/)
    await eventually(isWaiting, { within: 20_000 })
    assert.equal(await isListening(killed.port), false)
  } finally {
    release()
  }
  assert.equal(await command.exited, 0, command.output())
  assert.equal(databaseOf(directory)?.port, killed.port)
  await eventually(async () => assert.equal((await register()).status, 201), { within: 20_000 })
})

test('posad db opens psql on the database of the running shop, or prints its address (F-73, PLT-21)', async () => {
  const printed = posad('db --url', environment)
  assert.equal(printed.status, 0, printed.stderr)
  const client = new Client({ connectionString: printed.stdout.trim() })
  await client.connect()
  assert.equal((await client.query('select from ordering.orders')).rowCount, 0)
  await client.end()

  const bin = temporaryDirectory()
  const password = new URL(printed.stdout).password
  writeFileSync(join(bin, 'psql'), '#!/bin/sh\necho "$1 $PGPASSWORD"; exit 3\n', { mode: 0o755 })
  const opened = posad('db', { ...environment, PATH: `${bin}:${process.env['PATH']}` })
  assert.deepEqual(
    [opened.status, opened.stdout],
    [3, `${printed.stdout.trim().replace(`:${password}`, '')} ${password}\n`],
  )
  const without = posad('db', { ...environment, PATH: '/nowhere' })
  assert.equal(without.stdout, printed.stdout)
})

test('a shop whose database does not start again ends with the reason and exit code 1 (F-3)', async () => {
  const version = join(directory, 'postgres/PG_VERSION')
  renameSync(version, `${version}.gone`)
  killDatabase()
  assert.equal(await shop.exited, 1, shop.output())
  assert.match(shop.output(), /^posad: The embedded PostgreSQL has ended and does not start again: [^\n]+$/m)
  assert.doesNotMatch(shop.output(), /\n {4}at /)
  renameSync(`${version}.gone`, version)
  shop = await startShop(environment)
  const { status, stdout } = posad('check', environment)
  assert.equal(status, 0, stdout)
})

test('the database of a stopped shop has no address to print; the command says what helps (F-73, PLT-21)', async () => {
  assert.equal(await shop.end('SIGTERM'), 0)
  const printed = posad('db --url', environment)
  assert.deepEqual([printed.status, printed.stdout], [1, ''])
  assert.match(printed.stderr, /only while the shop runs: start the shop, or let `posad db` open psql\n$/)
  const without = posad('db', { ...environment, PATH: '/nowhere' })
  assert.match(without.stderr, /start the shop, or install psql\n$/)
})
