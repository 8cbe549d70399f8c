import { setTimeout as sleep } from 'node:timers/promises'
import { Connection, isSuccess } from './connection.ts'
import type { Outcome, Plan } from './plan.ts'
import { timesOf } from './times.ts'

/** The process of the load: receives a Plan and sends an Outcome. */
process.once('message', (plan) => {
  void run(plan as Plan).then((outcome) => process.send?.(outcome, () => process.exit(0)))
})

process.once('disconnect', () => process.exit(1))

async function run(plan: Plan): Promise<Outcome> {
  const tally = new Tally()
  const callers = await Promise.all(plan.connections.map((requests) => Caller.open(plan.port, requests)))
  const started = performance.now()
  await (plan.rate === undefined ? sendAfterEachResponse(plan, callers, tally) : sendOnTime(plan, callers, tally))
  const duration = performance.now() - started
  for (const caller of callers) caller.close()
  return tally.outcome(duration)
}

/** One connection with its requests. */
class Caller {
  readonly #port: number
  readonly #requests: readonly string[]
  #connection: Connection
  #next = 0
  private constructor(port: number, requests: readonly string[], connection: Connection) {
    this.#port = port
    this.#requests = requests
    this.#connection = connection
  }
  static open = async (port: number, requests: readonly string[]) =>
    new Caller(port, requests, await Connection.open(port))

  /** Sends the next request, which is due at `due`, and records its delay. */
  async call(tally: Tally, due: number): Promise<void> {
    if (this.#connection.closed) this.#connection = await Connection.open(this.#port)
    const response = await this.#connection.send(this.#requests[this.#next++ % this.#requests.length] ?? '')
    tally.add(response, performance.now() - due)
  }
  close(): void {
    this.#connection.close()
  }
}

class Tally {
  readonly #delays: number[] = []
  #failed = 0
  #firstFailure: string | undefined
  get answered(): number {
    return this.#delays.length
  }
  add(response: Buffer, delay: number): void {
    this.#delays.push(delay)
    if (isSuccess(response)) return
    this.#failed++
    this.#firstFailure ??= response.toString().slice(0, 1000)
  }
  outcome(milliseconds: number): Outcome {
    const { count, ...delays } = timesOf(this.#delays)
    return {
      answered: count,
      failed: this.#failed,
      perSecond: (count - this.#failed) / (milliseconds / 1000),
      ...delays,
      firstFailure: this.#firstFailure,
    }
  }
}

async function sendAfterEachResponse({ seconds, count = Infinity }: Plan, callers: readonly Caller[], tally: Tally) {
  const end = performance.now() + seconds * 1000
  let sent = 0
  await Promise.all(
    callers.map(async (caller) => {
      while (sent < count && performance.now() < end) {
        sent++
        await caller.call(tally, performance.now())
      }
    }),
  )
}

async function sendOnTime(
  { seconds, rate = 1, count = Math.floor(seconds * rate) }: Plan,
  callers: readonly Caller[],
  tally: Tally,
) {
  const idle = [...callers]
  const due: number[] = []
  const started = performance.now()
  const serve = () => {
    while (due.length > 0) {
      const caller = idle.shift()
      if (!caller) return
      void caller.call(tally, due.shift() ?? 0).then(() => {
        idle.push(caller)
        serve()
      })
    }
  }
  for (let sent = 0; sent < count;) {
    for (; sent < count && (sent * 1000) / rate <= performance.now() - started; sent++) {
      due.push(started + (sent * 1000) / rate)
    }
    serve()
    await sleep(1)
  }
  while (tally.answered < count) await sleep(5)
}
