import cluster, { type Worker } from 'node:cluster'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Log } from '#platform/telemetry'
import { seconds } from '#platform/values'
import { Refusal } from '../terminal/refusal.ts'
import { mergeMetrics } from './merge-metrics.ts'
import type { Order, Report } from './messages.ts'

/** A process that lives for this long has started well: its replacement needs no pause. */
const shortestLife = seconds(10)
const longestPause = seconds(10)
/** Time of the other processes to send their metrics; those of a hanging one are left out. */
const metricsTimeout = seconds(3)

type Needs = Readonly<{
  count: number
  streamSecret: string
  log: Log
  /** Prints a line for people. */
  announce: (line: string) => void
}>

type Request = Readonly<{ request: number; service: string }>

/** The processes that serve HTTP on one port, and what replaces those that end. */
export class ServerProcesses {
  readonly #needs: Needs
  readonly #running = new Map<number, Worker>()
  readonly #requests = new Map<number, (worker: Worker, page: string) => void>()
  readonly #stopping = new AbortController()
  readonly #replacing = new Set<Promise<void>>()
  /** How often in a row a process ended early, by its number. */
  readonly #failures = new Map<number, number>()
  #lastRequest = 0

  constructor(needs: Needs) {
    this.#needs = needs
  }

  /**
   * Starts the first process, which migrates the database, and then the others at once. Returns the address. Throws the reason when one
   * of them does not start.
   */
  async start(): Promise<string> {
    cluster.setupPrimary({ exec: process.argv[1] ?? '', args: process.argv.slice(2) })
    const address = await this.#startOne(1)
    const others = Array.from({ length: this.#needs.count - 1 }, (_, i) => this.#startOne(i + 2))
    await Promise.all(others)
    return address
  }

  /** Stops all processes in order. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    await Promise.all([...this.#running.values()].map(async (worker) => await stopOne(worker)))
    await Promise.allSettled(this.#replacing)
  }

  /** Starts one process and replaces it when it ends later. Resolves with its address. */
  async #startOne(number: number): Promise<string> {
    const worker = cluster.fork()
    this.#running.set(number, worker)
    const startedAt = performance.now()
    worker.on('message', (report: Report) => this.#onReport(worker, report))
    const ended = once(worker, 'exit')
    void ended.then(() => this.#running.delete(number))
    send(worker, { kind: 'start', number, streamSecret: this.#needs.streamSecret })
    const address = await addressOf(worker)
    void ended.then(([code, signal]: unknown[]) => {
      if (this.#stopping.signal.aborted) return
      this.#needs.log.error({ process: number, code, signal }, 'a process ended: another one takes its place')
      if (performance.now() - startedAt >= shortestLife) this.#failures.delete(number)
      this.#replacing.add(this.#replace(number))
    })
    return address
  }

  /** Starts a process until it serves, after longer and longer pauses when it fails again and again. */
  async #replace(number: number): Promise<void> {
    const { signal } = this.#stopping
    while (!signal.aborted) {
      const failures = this.#failures.get(number) ?? 0
      this.#failures.set(number, failures + 1)
      const pause = failures === 0 ? 0 : Math.min(longestPause, 100 * 2 ** failures)
      await sleep(pause, undefined, { signal }).catch(() => {})
      if (signal.aborted) return
      try {
        await this.#startOne(number)
        return
      } catch (error) {
        this.#needs.log.error({ err: error, process: number }, 'a process does not start')
      }
    }
  }

  #onReport(worker: Worker, report: Report): void {
    if (report.kind === 'line') this.#needs.announce(report.line)
    if (report.kind === 'own-metrics') this.#requests.get(report.request)?.(worker, report.page)
    if (report.kind === 'want-metrics') void this.#answerMetrics(worker, report)
  }

  /** Collects the metrics of all processes for the one that Prometheus asked. */
  async #answerMetrics(asking: Worker, { request, service }: Request): Promise<void> {
    const own = ++this.#lastRequest
    const workers = [...this.#running.values()]
    const pages = new Map<Worker, string>()
    const { promise: complete, resolve } = Promise.withResolvers<void>()
    this.#requests.set(own, (worker, page) => {
      pages.set(worker, page)
      if (pages.size === workers.length) resolve()
    })
    for (const worker of workers) send(worker, { kind: 'read-metrics', request: own, service })
    await Promise.race([complete, sleep(metricsTimeout, undefined, { ref: false })])
    this.#requests.delete(own)
    send(asking, { kind: 'metrics', request, page: mergeMetrics([...pages.values()]) })
  }
}

/** A process that has just ended takes no message. */
function send(worker: Worker, order: Order): void {
  if (worker.isConnected()) worker.send(order, () => {})
}

/** Waits until the process serves. Throws the reason when it does not. */
async function addressOf(worker: Worker): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  worker.on('message', (report: Report) => {
    if (report.kind === 'ready') resolve(report.address)
    if (report.kind === 'failed') reject(new Refusal(report.line))
  })
  worker.once('exit', (code, signal) => reject(new Refusal(`A process ended at its start: ${signal ?? code}`)))
  return await promise
}

async function stopOne(worker: Worker): Promise<void> {
  if (worker.isDead()) return
  const exited = once(worker, 'exit')
  send(worker, { kind: 'stop' })
  await exited
}
