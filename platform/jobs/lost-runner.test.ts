import assert from 'node:assert/strict'
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import type { Pool } from 'pg'
import { Type } from 'typebox'
import { openPool, transaction } from '#platform/db'
import { quietLog } from '#platform/telemetry'
import { eventually, testDatabase, type TestDatabase } from '#platform/testing'
import { enqueue, heartbeat, installJobs, runJobs, type Job } from './index.ts'

const nothing = Type.Object({})
const hasty = { every: 200, lost: 1500 }

let database: TestDatabase
before(async () => {
  database = await testDatabase()
  await installJobs(database.pool)
})
after(() => database.close())

const job = (name: string, work: () => Promise<void> | void): Job => ({
  name,
  payload: nothing,
  timeLimit: 60_000,
  work: async () => work(),
})
const order = (wanted: Job) => transaction(database.db, (tx) => enqueue(tx, wanted, { payload: {} }))
const lockOf = async (name: string) => {
  const { rows } = await sql<{ locked_by: string | null; attempts: number }>`
    select locked_by, attempts from graphile_worker.jobs where task_identifier = ${name}`.execute(database.db)
  return rows[0]
}

/** Another process that takes the job and never ends it. */
function otherProcess(name: string): ChildProcess {
  const doors = ['jobs', 'db', 'telemetry'].map((part) => join(import.meta.dirname, '..', part, 'index.ts'))
  const script = `
    const [{ runJobs }, { openPool }, { quietLog }] = await Promise.all(${JSON.stringify(doors)}.map((door) => import(door)))
    const { Type } = await import('typebox')
    await runJobs({
      pool: openPool({ url: ${JSON.stringify(database.url)}, size: 2, overflow: 4 }), concurrency: 2, log: quietLog,
      heartbeat: ${JSON.stringify(hasty)},
      jobs: [{ name: '${name}', payload: Type.Object({}), timeLimit: 60000, work: () => new Promise(() => {}) }],
    })`
  return spawn(process.execPath, ['--input-type=module', '-e', script], { cwd: import.meta.dirname, stdio: 'inherit' })
}

test('a job whose process is killed is soon done by another (PLT-9)', async () => {
  let done = 0
  const shared = job('mail.killed', () => void done++)
  await order(shared)
  const child = otherProcess('mail.killed')
  await eventually(async () => assert.ok((await lockOf('mail.killed'))?.locked_by), { within: 10_000 })
  child.kill('SIGKILL')
  await once(child, 'exit')
  const killed = performance.now()
  const runner = await runJobs({ pool: database.pool, jobs: [shared], concurrency: 2, log: quietLog, heartbeat: hasty })
  try {
    await eventually(() => assert.equal(done, 1), { within: 10_000 })
    const waited = performance.now() - killed
    assert.ok(
      waited > hasty.lost - hasty.every - 100,
      `freed after ${waited} ms: a living process would have lost its job`,
    )
    await eventually(async () => assert.equal(await lockOf('mail.killed'), undefined))
  } finally {
    await runner.stop()
  }
})

test('a living process keeps its job, however long it works on it (PLT-9)', async () => {
  const child = otherProcess('mail.long')
  const runner = await runJobs({
    pool: database.pool,
    jobs: [job('mail.other', () => {})],
    concurrency: 2,
    log: quietLog,
    heartbeat: hasty,
  })
  try {
    await order(job('mail.long', () => {}))
    const locked = await eventually(
      async () => {
        const lock = await lockOf('mail.long')
        assert.ok(lock?.locked_by)
        return lock
      },
      { within: 10_000 },
    )
    await new Promise((resolve) => setTimeout(resolve, hasty.lost * 2))
    assert.deepEqual(await lockOf('mail.long'), locked)
  } finally {
    child.kill('SIGKILL')
    await runner.stop()
  }
})

test('with the real pace a lost job is free again within a minute (PLT-9)', () => {
  const nextLook = 2000
  assert.ok(heartbeat.lost + heartbeat.every + nextLook < 60_000)
  assert.ok(heartbeat.lost >= 3 * heartbeat.every, 'two beats may be missed')
})

test('an outage of the database while jobs run is survived: all are done once it is back (PLT-9, REL-2)', async () => {
  const wire = await cuttableWire(database.url)
  const pool = openPool({ url: wire.url, size: 2, overflow: 4 })
  const { promise: held, resolve: end } = Promise.withResolvers<void>()
  let done = 0
  const slow = job('mail.outage', async () => {
    done++
    if (done === 1) await held
  })
  const runner = await runJobs({ pool, jobs: [slow], concurrency: 2, log: quietLog, heartbeat: hasty })
  try {
    await order(slow)
    await eventually(() => assert.equal(done, 1))
    wire.cut()
    end()
    await new Promise((resolve) => setTimeout(resolve, 500))
    await order(slow)
    wire.mend()
    await eventually(async () => assert.equal(await lockOf('mail.outage'), undefined), { within: 15_000 })
    assert.ok(done >= 2)
  } finally {
    await runner.stop()
    await pool.end()
    await wire.close()
  }
})

test('a runner that started while the database stumbled does not stay deaf (REL-2)', async () => {
  const pool = openPool({ url: database.url, size: 2, overflow: 4 })
  stumbleOnce(pool, 'insert into "graphile_worker"._private_tasks')
  let done = 0
  const wanted = job('mail.deaf', () => void done++)
  const runner = await runJobs({ pool, jobs: [wanted], concurrency: 2, log: quietLog, heartbeat: hasty })
  try {
    await order(wanted)
    await eventually(() => assert.equal(done, 1), { within: 15_000 })
  } finally {
    await runner.stop()
    await pool.end()
  }
})

/** The first query that begins so fails, as on a connection that breaks. */
function stumbleOnce(pool: Pool, beginning: string): void {
  let hasStumbled = false
  pool.on('connect', (client) => {
    const query = client.query.bind(client) as (...given: unknown[]) => unknown
    Object.assign(client, {
      query: (...given: unknown[]) => {
        const text = (given[0] as { text?: string }).text ?? ''
        if (hasStumbled || !text.startsWith(beginning)) return query(...given)
        hasStumbled = true
        return Promise.reject(Object.assign(new Error('terminating connection'), { code: '57P01' }))
      },
    })
  })
}

/** A way to the database that can be cut: what is connected breaks, what connects is refused, until it is mended. */
async function cuttableWire(url: string) {
  const target = new URL(url)
  const sockets = new Set<Socket>()
  let isCut = false
  const server = createServer((near) => {
    if (isCut) return void near.destroy()
    const far = connect(Number(target.port), target.hostname)
    for (const socket of [near, far]) {
      sockets.add(socket)
      socket
        .on('error', () => {})
        .on('close', () => {
          sockets.delete(socket)
          near.destroy()
          far.destroy()
        })
    }
    near.pipe(far).pipe(near)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const wire = new URL(url)
  wire.host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  wire.searchParams.delete('host') // the socket in a directory would pass us by
  const breakAll = () => {
    for (const socket of sockets) socket.destroy()
  }
  return {
    url: wire.href,
    cut: () => {
      isCut = true
      breakAll()
    },
    mend: () => void (isCut = false),
    close: async () => {
      breakAll()
      server.close()
      await once(server, 'close')
    },
  }
}
