import { run, type Runner, type WorkerPool } from 'graphile-worker'
import type { Pool } from 'pg'
import type { Log } from '#platform/telemetry'
import { seconds } from '#platform/values'
import { attemptOf } from './attempt.ts'
import { beat } from './heartbeat.ts'
import { jobEvents, loggerFor } from './job-log.ts'
import type { Job } from './job.ts'
import { scheduleOf } from './schedule.ts'

/** One run of the library, which ends for good on its first trouble with signing off a job. */
export type Turn = Readonly<{
  runner: Runner
  workers: WorkerPool
  /** How often in a row the search for a job has failed. */
  failures: () => number
}>

export type TurnSettings = Readonly<{
  pool: Pool
  jobs: readonly Job[]
  concurrency: number
  log: Log
  stopping: AbortSignal
}>

/** A job that is due at once wakes the library; so often it looks for those that have come due since. */
const pollInterval = seconds(2)

/** Starts the library. Throws when the database is away. */
export async function startTurn({ pool, jobs, concurrency, log, stopping }: TurnSettings): Promise<Turn> {
  const events = jobEvents(log)
  let workers: WorkerPool | undefined
  let failures = 0
  const works = () => (failures = 0)
  events.on('pool:create', ({ workerPool }) => (workers = workerPool))
  events.on('worker:getJob:error', () => failures++)
  events.on('worker:getJob:empty', works)
  events.on('job:start', works)
  const runner = await run({
    pgPool: pool,
    concurrency,
    pollInterval,
    events,
    // Signals are for the program to handle, as a whole.
    noHandleSignals: true,
    logger: loggerFor(log),
    taskList: Object.fromEntries(jobs.map((job) => [job.name, attemptOf(job, stopping)])),
    parsedCronItems: scheduleOf(jobs),
    preset: {
      plugins: [beatFirst(pool)],
      // Without batches a job that cannot be signed off is an unhandled rejection (graphile-worker 0.18.0, worker.js).
      worker: { completeJobBatchDelay: 0, failJobBatchDelay: 0 },
    },
  })
  if (!workers) throw new Error('The job library made no workers')
  return { runner, workers, failures: () => failures }
}

/** A runner is known before it locks anything, so that its locks are found whenever it dies. */
const beatFirst = (pool: Pool): GraphileConfig.Plugin => ({
  name: 'posad-heartbeat',
  version: '1.0.0',
  worker: { hooks: { startWorker: (_context, { worker }) => beat(pool, worker.workerPool.id) } },
})
