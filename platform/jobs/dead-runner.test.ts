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
import { openLogs, quietLog } from '#platform/telemetry'
import { eventually, testDatabase, type TestDatabase } from '#platform/testing'
import { enqueue, heartbeat, installJobs, runJobs, type Job } from './index.ts'

const nothing = Type.Object({})
const quick = { interval: 200, timeout: 1500 }

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
const enqueueEmpty = (job: Job) => transaction(database.db, (tx) => enqueue(tx, job, { payload: {} }))
const lockOf = async (name: string) => {
  const { rows } = await sql<{ locked_by: string | null; attempts: number }>`
    select locked_by, attempts from graphile_worker.jobs where task_identifier = ${name}`.execute(database.db)
  return rows[0]
}

/** The last heartbeat of the runner of a worker, in milliseconds. */
async function lastHeartbeatOf(worker: string): Promise<number> {
  const { rows } = await sql<{ seen_at: Date }>`select seen_at from platform.job_runner where id = ${worker}`.execute(
    database.db,
  )
  return rows[0]?.seen_at.getTime() ?? Number.NaN
}

/** Starts a process that runs the job and never ends it. */
function otherProcess(name: string): ChildProcess {
  const entries = ['jobs', 'db', 'telemetry'].map((part) => join(import.meta.dirname, '..', part, 'index.ts'))
  const script = `
    const [{ runJobs }, { openPool }, { quietLog }] = await Promise.all(${JSON.stringify(entries)}.map((entry) => import(entry)))
    const { Type } = await import('typebox')
    await runJobs({
      pool: openPool({ url: ${JSON.stringify(database.url)}, size: 2, overflow: 4 }), concurrency: 2, log: quietLog,
      heartbeat: ${JSON.stringify(quick)},
      jobs: [{ name: '${name}', payload: Type.Object({}), timeLimit: 60000, work: () => new Promise(() => {}) }],
    })`
  return spawn(process.execPath, ['--input-type=module', '-e', script], { cwd: import.meta.dirname, stdio: 'inherit' })
}

test('the job of a killed process soon runs in another process (PLT-9)', async () => {
  let done = 0
  const shared = job('mail.killed', () => void done++)
  await enqueueEmpty(shared)
  const child = otherProcess('mail.killed')
  await eventually(async () => assert.ok((await lockOf('mail.killed'))?.locked_by), { within: 10_000 })
  child.kill('SIGKILL')
  await once(child, 'exit')
  const killed = performance.now()
  const runner = await runJobs({ pool: database.pool, jobs: [shared], concurrency: 2, log: quietLog, heartbeat: quick })
  try {
    await eventually(() => assert.equal(done, 1), { within: 10_000 })
    const waited = performance.now() - killed
    assert.ok(
      waited > quick.timeout - quick.interval - 100,
      `unlocked after ${waited} ms: a living process would have lost its job`,
    )
    await eventually(async () => assert.equal(await lockOf('mail.killed'), undefined))
  } finally {
    await runner.stop()
  }
})

test('a living process keeps its job for as long as it works on it (PLT-9)', async () => {
  const child = otherProcess('mail.long')
  const runner = await runJobs({
    pool: database.pool,
    jobs: [job('mail.other', () => {})],
    concurrency: 2,
    log: quietLog,
    heartbeat: quick,
  })
  try {
    await enqueueEmpty(job('mail.long', () => {}))
    const locked = await eventually(
      async () => {
        const lock = await lockOf('mail.long')
        assert.ok(lock?.locked_by)
        return { ...lock, locked_by: lock.locked_by }
      },
      { within: 10_000 },
    )
    const started = await lastHeartbeatOf(locked.locked_by)
    await eventually(
      async () =>
        assert.ok((await lastHeartbeatOf(locked.locked_by)) > started + quick.timeout * 2, 'heartbeats go on'),
      { within: 10_000 },
    )
    assert.deepEqual(await lockOf('mail.long'), locked)
  } finally {
    child.kill('SIGKILL')
    await runner.stop()
  }
})

test('with the real intervals the job of a dead runner is unlocked within a minute (PLT-9)', () => {
  const pollInterval = 2000
  assert.ok(heartbeat.timeout + heartbeat.interval + pollInterval < 60_000)
  assert.ok(heartbeat.timeout >= 3 * heartbeat.interval, 'a runner may miss two heartbeats')
})

test('jobs survive an outage of the database and are done after it (PLT-9, REL-2)', async () => {
  const connection = await cuttableConnection(database.url)
  const pool = openPool({ url: connection.url, size: 2, overflow: 4 })
  const { promise: held, resolve: end } = Promise.withResolvers<void>()
  let done = 0
  const slow = job('mail.outage', async () => {
    done++
    if (done === 1) await held
  })
  const lines: string[] = []
  const to = { write: (line: string) => void lines.push(line) }
  const log = openLogs({ service: 'test', version: '1', level: 'warn', format: 'json', to })('jobs')
  const runner = await runJobs({ pool, jobs: [slow], concurrency: 2, log, heartbeat: quick })
  try {
    await enqueueEmpty(slow)
    await eventually(() => assert.equal(done, 1))
    connection.cut()
    end()
    await eventually(() => assert.match(lines.join(''), /Failed to complete jobs/), { within: 15_000 })
    await enqueueEmpty(slow)
    connection.restore()
    await eventually(async () => assert.equal(await lockOf('mail.outage'), undefined), { within: 15_000 })
    assert.ok(done >= 2)
  } finally {
    await runner.stop()
    await pool.end()
    await connection.close()
  }
})

test('a runner whose first query failed still finds its jobs (REL-2)', async () => {
  const pool = openPool({ url: database.url, size: 2, overflow: 4 })
  failOnce(pool, 'insert into "graphile_worker"._private_tasks')
  let done = 0
  const found = job('mail.found', () => void done++)
  const runner = await runJobs({ pool, jobs: [found], concurrency: 2, log: quietLog, heartbeat: quick })
  try {
    await enqueueEmpty(found)
    await eventually(() => assert.equal(done, 1), { within: 15_000 })
  } finally {
    await runner.stop()
    await pool.end()
  }
})

/** Makes the first query with this beginning fail, as on a broken connection. */
function failOnce(pool: Pool, beginning: string): void {
  let hasFailed = false
  pool.on('connect', (client) => {
    const query = client.query.bind(client) as (...args: unknown[]) => unknown
    Object.assign(client, {
      query: (...args: unknown[]) => {
        const text = (args[0] as { text?: string }).text ?? ''
        if (hasFailed || !text.startsWith(beginning)) return query(...args)
        hasFailed = true
        return Promise.reject(Object.assign(new Error('terminating connection'), { code: '57P01' }))
      },
    })
  })
}

/** A proxy to the database. `cut` breaks all connections and refuses new ones until `restore`. */
async function cuttableConnection(url: string) {
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
  const proxied = new URL(url)
  proxied.host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  proxied.searchParams.delete('host') // the Unix socket would bypass this proxy
  const breakAll = () => {
    for (const socket of sockets) socket.destroy()
  }
  return {
    url: proxied.href,
    cut: () => {
      isCut = true
      breakAll()
    },
    restore: () => void (isCut = false),
    close: async () => {
      breakAll()
      server.close()
      await once(server, 'close')
    },
  }
}
