import assert from 'node:assert/strict'
import { after, afterEach, before, describe, test } from 'node:test'
import { sql } from 'kysely'
import { Type } from 'typebox'
import { openPool, transaction } from '#platform/db'
import { currentContext, withContext, quietLog, type TraceContext } from '#platform/telemetry'
import { crowd, eventually, testDatabase, type TestDatabase } from '#platform/testing'
import { enqueue, installJobs, jobSamples, runJobs, type Job, type JobRunner } from './index.ts'

const letter = Type.Object({ to: Type.String({ maxLength: 100 }) }, { additionalProperties: false })

/** A job that records its recipients and then runs `also`. */
function mailJob(name: string, also: (signal: AbortSignal, to: string) => Promise<void> = async () => {}) {
  const sent: string[] = []
  const contexts: TraceContext[] = []
  const job: Job<typeof letter> = {
    name,
    payload: letter,
    timeLimit: 5000,
    work: async ({ to }, signal) => {
      sent.push(to)
      contexts.push(currentContext())
      await also(signal, to)
    },
  }
  return { job, sent, contexts }
}

let database: TestDatabase
let runners: JobRunner[] = []

before(async () => {
  database = await testDatabase()
  await installJobs(database.pool)
})
afterEach(async () => {
  await Promise.all(runners.map((runner) => runner.stop()))
  runners = []
  await sql`delete from graphile_worker._private_jobs`.execute(database.db)
})
after(() => database.close())

async function start(jobs: readonly Job[], concurrency = 4): Promise<JobRunner> {
  const runner = await runJobs({ pool: database.pool, jobs, concurrency, log: quietLog })
  runners.push(runner)
  return runner
}

const enqueueMail = <Payload extends typeof letter>(job: Job<Payload>, more: object = {}) =>
  transaction(database.db, (tx) => enqueue(tx, job, { payload: { to: 'Anna' }, ...more } as never))

type Row = {
  attempts: number
  last_error: string | null
  locked_by: string | null
  run_at: Date
  task_identifier: string
}
const queued = async () => (await sql<Row>`select * from graphile_worker.jobs order by id`.execute(database.db)).rows
const makeDue = () => sql`update graphile_worker._private_jobs set run_at = now()`.execute(database.db)

describe('a job', () => {
  test('runs soon after the transaction that enqueued it, and never after its rollback (PLT-9)', async () => {
    const { job, sent } = mailJob('mail.welcome')
    await start([job])
    const rolledBack = transaction(database.db, async (tx) => {
      await enqueue(tx, job, { payload: { to: 'Boris' } })
      throw new Error('sold out')
    })
    await assert.rejects(rolledBack, /sold out/)
    await enqueueMail(job)
    await eventually(() => assert.deepEqual(sent, ['Anna']))
    await eventually(async () => assert.deepEqual(await queued(), []))
  })

  test('runs in the trace context of the request that enqueued it (PLT-16)', async () => {
    const { job, contexts } = mailJob('mail.context')
    const traceContext = { correlation_id: '0199f1c8-3b1a-7c3e-8f3a-1b2c3d4e5f60', request_id: 'r-1', user_id: 'u-1' }
    await withContext(traceContext, () => enqueueMail(job))
    await start([job])
    await eventually(() => assert.deepEqual(contexts, [traceContext]))
  })

  test('with a payload that does not fit fails when it is enqueued and when it runs (PLT-9)', async () => {
    const { job, sent } = mailJob('mail.misfit')
    const misfit = transaction(database.db, (tx) => enqueue(tx, job, { payload: { to: 5 } as never }))
    await assert.rejects(misfit, { name: 'TypeError', message: /^mail\.misfit: \/to must be string$/ })
    await sql`select from graphile_worker.add_job('mail.misfit', '{"from":"an older version"}')`.execute(database.db)
    await start([job])
    await eventually(async () => assert.match((await queued())[0]?.last_error ?? '', /^mail\.misfit: /))
    assert.deepEqual(sent, [])
  })

  test('that fails is tried again, after a growing delay (PLT-9)', async () => {
    let isDown = true
    const { job, sent } = mailJob('mail.flaky', async () => {
      if (isDown) throw new Error('the mail server is away')
    })
    await enqueueMail(job)
    await start([job])
    const failed = await eventually(async () => {
      const [row] = await queued()
      assert.equal(row?.last_error, 'the mail server is away')
      return row
    })
    assert.equal(failed.attempts, 1)
    assert.ok(failed.run_at > new Date(), 'after a delay')
    isDown = false
    await makeDue()
    await eventually(async () => assert.deepEqual(await queued(), []))
    assert.deepEqual(sent, ['Anna', 'Anna'])
  })

  test('that has used all its attempts waits for an operator and shows in the metrics (PLT-9, PLT-17)', async () => {
    const { job } = mailJob('mail.hopeless', () => Promise.reject(new Error('no such address')))
    await enqueueMail(job, { attempts: 1 })
    await enqueueMail(job, { runAt: new Date(Date.now() + 60_000) })
    await start([job])
    await eventually(async () => {
      const samples = await jobSamples(database.pool)()
      const byState = Object.fromEntries(samples.map(({ labels, value }) => [labels?.['state'], value]))
      assert.deepEqual(byState, { waiting: 0, scheduled: 1, running: 0, failed: 1 })
    })
  })

  test('that takes too long is aborted and tried again (PLT-9)', async () => {
    const reasons: unknown[] = []
    const { job } = mailJob('mail.slow', (signal) => {
      signal.addEventListener('abort', () => reasons.push((signal.reason as Error).message))
      return new Promise(() => {})
    })
    await enqueueMail(job)
    await start([{ ...job, timeLimit: 100 }])
    await eventually(async () => assert.equal((await queued())[0]?.last_error, 'mail.slow took longer than 100 ms'))
    assert.deepEqual(reasons, ['mail.slow took longer than 100 ms'])
  })

  test('for later waits for its time, and replaces a waiting job with the same key (PLT-9)', async () => {
    const { job, sent } = mailJob('mail.later')
    const inAnHour = new Date(Date.now() + 3_600_000)
    const remind = (to: string) =>
      transaction(database.db, (tx) => enqueue(tx, job, { payload: { to }, key: 'reminder:1', runAt: inAnHour }))
    await remind('Anna')
    await remind('Boris')
    await start([job])
    await enqueueMail(job)
    await eventually(() => assert.deepEqual(sent, ['Anna']))
    // The job that has run leaves the queue a moment later.
    await eventually(async () =>
      assert.deepEqual(
        (await queued()).map(({ run_at }) => run_at.getTime()),
        [inAnHour.getTime()],
      ),
    )
    await makeDue()
    await eventually(() => assert.deepEqual(sent, ['Anna', 'Boris']))
  })

  test('runs once among several runners (PLT-9)', async () => {
    const { job, sent } = mailJob('mail.crowd')
    await start([job])
    await start([job])
    await start([job])
    await crowd(200, (index) =>
      transaction(database.db, (tx) => enqueue(tx, job, { payload: { to: `buyer ${index}` } })),
    )
    await eventually(async () => assert.deepEqual(await queued(), []), { within: 15_000 })
    assert.equal(sent.length, 200)
    assert.equal(new Set(sent).size, 200)
  })
})

describe('stopping', () => {
  test('waits for the running job and starts no other (PLT-20)', async () => {
    const { promise: held, resolve: end } = Promise.withResolvers<void>()
    const { job, sent } = mailJob('mail.held', () => held)
    const runner = await start([job], 1)
    await enqueueMail(job)
    await eventually(() => assert.equal(sent.length, 1))
    await enqueueMail(job)
    let hasStopped = false
    const stopped = runner.stop().then(() => (hasStopped = true))
    await enqueueMail(job)
    assert.equal(hasStopped, false)
    end()
    await stopped
    assert.equal(sent.length, 1)
    assert.deepEqual(
      (await queued()).map(({ attempts, locked_by }) => ({ attempts, locked_by })),
      [
        { attempts: 0, locked_by: null },
        { attempts: 0, locked_by: null },
      ],
    )
    const { rows } = await sql`select from platform.job_runner`.execute(database.db)
    assert.equal(rows.length, 0, 'the runner has removed itself')
  })

  test('aborts a long job, and returns it to the queue if it goes on (PLT-20)', async () => {
    const aborted: string[] = []
    const { job, sent } = mailJob('mail.long', async (signal, to) => {
      const { promise, resolve } = Promise.withResolvers<void>()
      signal.addEventListener('abort', () => {
        aborted.push(to)
        if (to === 'polite') resolve()
      })
      await promise
    })
    const runner = await start([job])
    for (const to of ['polite', 'stubborn'])
      await transaction(database.db, (tx) => enqueue(tx, job, { payload: { to } }))
    await eventually(() => assert.equal(sent.length, 2))
    const started = performance.now()
    await runner.stop(600)
    assert.ok(performance.now() - started < 3000, `took ${performance.now() - started} ms`)
    assert.deepEqual(aborted.toSorted(), ['polite', 'stubborn'])
    const left = await queued()
    assert.deepEqual(
      left.map(({ locked_by, last_error }) => ({ locked_by, last_error })),
      [{ locked_by: null, last_error: 'the program stops' }],
    )
  })

  test('and starting change no signal handler of the process (PLT-20)', async () => {
    const handlers = () => ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGPIPE'].map((signal) => process.listenerCount(signal))
    const before = handlers()
    const runner = await start([mailJob('mail.signals').job])
    assert.deepEqual(handlers(), before)
    await runner.stop()
  })
})

test('the queue is installed once, also by several processes at a time (PLT-12)', async () => {
  const fresh = await testDatabase()
  const pools = Array.from({ length: 5 }, () => openPool({ url: fresh.url, size: 1 }))
  try {
    await Promise.all(pools.map((pool) => installJobs(pool)))
    await installJobs(fresh.pool)
    const { rows } = await sql<{ n: number }>`select count(*)::int as n from graphile_worker.migrations`.execute(
      fresh.db,
    )
    assert.equal(rows[0]?.n, 20)
  } finally {
    await Promise.all(pools.map((pool) => pool.end()))
    await fresh.close()
  }
})
