import { run, type Runner, type WorkerPool } from 'graphile-worker'
import type { Pool } from 'pg'
import type { Log } from '#platform/telemetry'
import { seconds } from '#platform/values'
import { attemptOf } from './attempt.ts'
import { jobEvents, loggerFor } from './job-log.ts'
import type { Job } from './job.ts'
import { saveHeartbeat } from './runner-store.ts'
import { scheduleOf } from './schedule.ts'

/** One run of graphile-worker. The library ends its run for good when it fails to complete a job. */
export type LibraryRun = Readonly<{
  runner: Runner
  workers: WorkerPool
  /** How many queries for a job have failed in a row. */
  failures: () => number
}>

export type LibrarySettings = Readonly<{
  pool: Pool
  jobs: readonly Job[]
  concurrency: number
  log: Log
  stopping: AbortSignal
}>

/** A new job that is due wakes the library. At this interval it looks for jobs that have become due since. */
const pollInterval = seconds(2)

/** Starts graphile-worker. Throws when the database does not answer. */
export async function startLibrary({ pool, jobs, concurrency, log, stopping }: LibrarySettings): Promise<LibraryRun> {
  const events = jobEvents(log)
  let workers: WorkerPool | undefined
  let failures = 0
  const resetFailures = () => (failures = 0)
  events.on('pool:create', ({ workerPool }) => (workers = workerPool))
  events.on('worker:getJob:error', () => failures++)
  events.on('worker:getJob:empty', resetFailures)
  events.on('job:start', resetFailures)
  const runner = await run({
    pgPool: pool,
    concurrency,
    pollInterval,
    events,
    // The program handles the signals.
    noHandleSignals: true,
    logger: loggerFor(log),
    taskList: Object.fromEntries(jobs.map((job) => [job.name, attemptOf(job, stopping)])),
    parsedCronItems: scheduleOf(jobs),
    preset: {
      plugins: [heartbeatFirst(pool)],
      // With batches a job that cannot be completed is an unhandled rejection (graphile-worker 0.18.0, worker.js).
      worker: { completeJobBatchDelay: 0, failJobBatchDelay: 0 },
    },
  })
  if (!workers) throw new Error('graphile-worker started without a worker pool: check its version')
  return { runner, workers, failures: () => failures }
}

/** Saves the first heartbeat before a worker locks a job, so that other runners find those locks if this one dies. */
const heartbeatFirst = (pool: Pool): GraphileConfig.Plugin => ({
  name: 'posad-heartbeat',
  version: '1.0.0',
  worker: { hooks: { startWorker: (_context, { worker }) => saveHeartbeat(pool, worker.workerPool.id) } },
})
