import { setTimeout as sleep } from 'node:timers/promises'
import type { Pool } from 'pg'
import type { Log } from '#platform/telemetry'
import { seconds } from '#platform/values'
import type { Job } from './job.ts'
import { startLibrary, type LibraryRun } from './library-run.ts'
import { removeDeadRunners, removeRunner, saveHeartbeat } from './runner-store.ts'
import { surviveErrors } from './survive-errors.ts'

/** The interval of heartbeats, and the silence after which other runners unlock the jobs of a runner; milliseconds. */
type Heartbeat = Readonly<{ interval: number; timeout: number }>

/** The jobs of a dead runner are unlocked within `timeout + interval` and found by the next poll: within a minute. */
export const heartbeat: Heartbeat = { interval: seconds(10), timeout: seconds(30) }

type JobSettings = Readonly<{
  /** A separate small pool, so that busy requests do not delay the heartbeat. One connection listens; jobs share the rest. */
  pool: Pool
  jobs: readonly Job[]
  /** How many jobs run at once. */
  concurrency: number
  log: Log
  heartbeat?: Heartbeat
}>

/** Runs jobs until it is stopped. */
export type JobRunner = Readonly<{
  /**
   * Starts no new jobs and waits for running ones. Their signals abort after two thirds of `within` milliseconds (15,000);
   * after all of it the remaining jobs return to the queue.
   */
  stop: (within?: number) => Promise<void>
}>

/** Runs jobs until stopped, and survives outages of the database. Call `installJobs` and the migrations first. */
export async function runJobs(settings: JobSettings): Promise<JobRunner> {
  const runner = new RestartingRunner(settings)
  await runner.start()
  return { stop: (within = seconds(15)) => runner.stop(within) }
}

/** Starts the library again whenever it ends, and sends heartbeats meanwhile. */
class RestartingRunner {
  readonly #settings: JobSettings
  /** Aborts when no further run and no further heartbeat may start. */
  readonly #stopped = new AbortController()
  /** Aborts when running jobs have to end. */
  readonly #stopping = new AbortController()
  #run: LibraryRun | undefined
  #work: Promise<unknown> = Promise.resolve()

  constructor(settings: JobSettings) {
    this.#settings = settings
  }

  async start(): Promise<void> {
    this.#settings.pool.on('connect', surviveErrors)
    const first = await this.#startRun()
    this.#work = Promise.all([this.#runUntilStopped(first), this.#sendHeartbeats()])
  }

  async stop(within: number): Promise<void> {
    this.#stopped.abort()
    this.#run?.runner.stop().catch(() => {})
    const abortJobs = setTimeout(() => this.#stopping.abort(), (within * 2) / 3)
    if (!(await this.#hasEnded(within))) {
      this.#settings.log.warn('running jobs did not end in time and return to the queue')
      await Promise.resolve(this.#run?.workers.forcefulShutdown('the program stops')).catch(() => {})
      // Without a database the library cannot unlock its jobs and waits long. Its missing heartbeat unlocks them later.
      await this.#hasEnded(seconds(5))
    }
    clearTimeout(abortJobs)
    this.#settings.pool.off('connect', surviveErrors)
  }

  async #runUntilStopped(first: LibraryRun): Promise<void> {
    const { pool, log } = this.#settings
    for (let run: LibraryRun | undefined = first; run; run = await this.#nextRun()) {
      this.#run = run
      if (this.#isStopped) run.runner.stop().catch(() => {})
      await run.runner.promise.catch((err: unknown) => log.warn({ err }, 'job runner ended'))
      // The jobs of this run have ended, so its remaining locks are jobs that it failed to complete.
      await removeRunner(pool, run.workers.id).catch(() => {})
    }
  }

  async #nextRun(): Promise<LibraryRun | undefined> {
    while (!this.#isStopped) {
      await this.#pause(seconds(1))
      try {
        if (!this.#isStopped) return await this.#startRun()
      } catch (err) {
        this.#settings.log.warn({ err }, 'job runner cannot start, retrying')
      }
    }
    return undefined
  }

  #startRun = () => startLibrary({ ...this.#settings, stopping: this.#stopping.signal })

  async #sendHeartbeats(): Promise<void> {
    const { pool, log, concurrency, heartbeat: pace = heartbeat } = this.#settings
    for (; !this.#isStopped; await this.#pause(pace.interval)) {
      if (!this.#run) continue
      try {
        await saveHeartbeat(pool, this.#run.workers.id)
        const dead = await removeDeadRunners(pool, pace.timeout)
        if (dead.length > 0) log.warn({ runners: dead }, 'unlocked the jobs of dead runners')
        // The library caches a failed look-up of its job names for ever. If all its queries fail, only a restart helps.
        if (this.#run.failures() > 2 * concurrency) this.#run.runner.stop('it finds no jobs').catch(() => {})
      } catch (err) {
        log.warn({ err }, 'heartbeat of the job runner failed')
      }
    }
  }

  get #isStopped(): boolean {
    return this.#stopped.signal.aborted
  }

  #pause = (milliseconds: number) => sleep(milliseconds, undefined, { signal: this.#stopped.signal }).catch(() => {})

  #hasEnded = async (within: number): Promise<boolean> =>
    await Promise.race([this.#work.then(() => true), sleep(within, false, { ref: false })])
}
