import { setTimeout as sleep } from 'node:timers/promises'
import type { Pool } from 'pg'
import type { Log } from '#platform/telemetry'
import { seconds } from '#platform/values'
import { beat, freeLocksOfTheLost, retire } from './heartbeat.ts'
import type { Job } from './job.ts'
import { surviveErrors } from './survive-errors.ts'
import { startTurn, type Turn } from './turn.ts'

/** How often a runner says that it lives, and after which silence its locks are freed; milliseconds. */
type Heartbeat = Readonly<{ every: number; lost: number }>

/** The locks of a dead runner are freed within `lost + every`, and its jobs found with the next look: within a minute. */
export const heartbeat: Heartbeat = { every: seconds(10), lost: seconds(30) }

type JobSettings = Readonly<{
  /** A small pool of its own: a busy shop must not delay the heartbeat. One connection listens, `concurrency` come and go. */
  pool: Pool
  jobs: readonly Job[]
  /** Jobs worked on at once. */
  concurrency: number
  log: Log
  heartbeat?: Heartbeat
}>

/** A runner of jobs at work. */
export type JobRunner = Readonly<{
  /**
   * Takes no new jobs and waits for those that run: after two thirds of `within` milliseconds (15,000) their signal aborts,
   * after all of it they are given back to the queue.
   */
  stop: (within?: number) => Promise<void>
}>

/** Works on jobs until stopped, whatever happens to the database meanwhile. `installJobs` and the migrations come first. */
export async function runJobs(settings: JobSettings): Promise<JobRunner> {
  const shift = new Shift(settings)
  await shift.begin()
  return { stop: (within = seconds(15)) => shift.end(within) }
}

/** Turns of the library, one after the other, and the heartbeat beside them. */
class Shift {
  readonly #settings: JobSettings
  /** No new turn, no more heartbeats. */
  readonly #over = new AbortController()
  /** Jobs are asked to end. */
  readonly #stopping = new AbortController()
  #turn: Turn | undefined
  #work: Promise<unknown> = Promise.resolve()

  constructor(settings: JobSettings) {
    this.#settings = settings
  }

  async begin(): Promise<void> {
    this.#settings.pool.on('connect', surviveErrors)
    const first = await this.#startTurn()
    this.#work = Promise.all([this.#takeTurns(first), this.#beat()])
  }

  async end(within: number): Promise<void> {
    this.#over.abort()
    this.#turn?.runner.stop().catch(() => {})
    const asking = setTimeout(() => this.#stopping.abort(), (within * 2) / 3)
    if (!(await this.#hasEnded(within))) {
      this.#settings.log.warn('jobs did not end in time and are given back to the queue')
      await Promise.resolve(this.#turn?.workers.forcefulShutdown('the program stops')).catch(() => {})
      // Without a database the library cannot give back and waits for long: then the lost heartbeat frees the jobs.
      await this.#hasEnded(seconds(5))
    }
    clearTimeout(asking)
    this.#settings.pool.off('connect', surviveErrors)
  }

  async #takeTurns(first: Turn): Promise<void> {
    const { pool, log } = this.#settings
    for (let turn: Turn | undefined = first; turn; turn = await this.#nextTurn()) {
      this.#turn = turn
      if (this.#isOver) turn.runner.stop().catch(() => {})
      await turn.runner.promise.catch((err: unknown) => log.warn({ err }, 'job runner ended'))
      // Its jobs have ended with it, so what it still has locked is what it could not sign off.
      await retire(pool, turn.workers.id).catch(() => {})
    }
  }

  async #nextTurn(): Promise<Turn | undefined> {
    while (!this.#isOver) {
      await this.#pause(seconds(1))
      try {
        if (!this.#isOver) return await this.#startTurn()
      } catch (err) {
        this.#settings.log.warn({ err }, 'job runner cannot start, will try again')
      }
    }
    return undefined
  }

  #startTurn = () => startTurn({ ...this.#settings, stopping: this.#stopping.signal })

  async #beat(): Promise<void> {
    const { pool, log, concurrency, heartbeat: pace = heartbeat } = this.#settings
    for (; !this.#isOver; await this.#pause(pace.every)) {
      if (!this.#turn) continue
      try {
        await beat(pool, this.#turn.workers.id)
        const lost = await freeLocksOfTheLost(pool, pace.lost)
        if (lost.length > 0) log.warn({ runners: lost }, 'job runners were lost, their jobs are free again')
        // The library keeps a failed look-up of its job names for ever: if only the search fails, this turn is a dead one.
        if (this.#turn.failures() > 2 * concurrency) this.#turn.runner.stop('it finds no jobs').catch(() => {})
      } catch (err) {
        log.warn({ err }, 'heartbeat of the job runner failed')
      }
    }
  }

  get #isOver(): boolean {
    return this.#over.signal.aborted
  }

  #pause = (milliseconds: number) => sleep(milliseconds, undefined, { signal: this.#over.signal }).catch(() => {})

  #hasEnded = async (within: number): Promise<boolean> =>
    await Promise.race([this.#work.then(() => true), sleep(within, false, { ref: false })])
}
