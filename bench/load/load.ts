import { setTimeout as sleep } from 'node:timers/promises'
import { isGood, Line } from './line.ts'
import type { Outcome, Plan } from './plan.ts'

/** The load, in a process of its own: gets a Plan, sends an Outcome. */
process.once('message', (plan) => {
  void run(plan as Plan).then((outcome) => process.send?.(outcome, () => process.exit(0)))
})

process.once('disconnect', () => process.exit(1))

async function run(plan: Plan): Promise<Outcome> {
  const tally = new Tally()
  const callers = await Promise.all(plan.connections.map((requests) => Caller.open(plan.port, requests)))
  const started = performance.now()
  await (plan.rate === undefined ? asFastAsAnswered(plan, callers, tally) : atTheirTime(plan, callers, tally))
  const took = performance.now() - started
  for (const caller of callers) caller.close()
  return tally.outcome(took)
}

/** One connection with its requests. */
class Caller {
  readonly #port: number
  readonly #requests: readonly string[]
  #line: Line
  #next = 0
  private constructor(port: number, requests: readonly string[], line: Line) {
    this.#port = port
    this.#requests = requests
    this.#line = line
  }
  static open = async (port: number, requests: readonly string[]) => new Caller(port, requests, await Line.open(port))

  /** Sends the next request, which was due at `due`. */
  async call(tally: Tally, due: number): Promise<void> {
    if (this.#line.closed) this.#line = await Line.open(this.#port)
    const answer = await this.#line.ask(this.#requests[this.#next++ % this.#requests.length] ?? '')
    tally.add(answer, performance.now() - due)
  }
  close(): void {
    this.#line.close()
  }
}

class Tally {
  readonly #took: number[] = []
  #refused = 0
  #complaint: string | undefined
  get answered(): number {
    return this.#took.length
  }
  add(answer: Buffer, took: number): void {
    this.#took.push(took)
    if (isGood(answer)) return
    this.#refused++
    this.#complaint ??= answer.toString().slice(0, 1000)
  }
  outcome(milliseconds: number): Outcome {
    const sorted = this.#took.toSorted((one, other) => one - other)
    const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN
    return {
      answered: sorted.length,
      refused: this.#refused,
      perSecond: (sorted.length - this.#refused) / (milliseconds / 1000),
      p50: at(0.5),
      p99: at(0.99),
      longest: at(1),
      complaint: this.#complaint,
    }
  }
}

async function asFastAsAnswered({ seconds, count = Infinity }: Plan, callers: readonly Caller[], tally: Tally) {
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

async function atTheirTime(
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
