import cluster from 'node:cluster'
import { setTimeout as sleep } from 'node:timers/promises'
import { seconds } from '#platform/values'
import { grace, type Outputs } from '../commands/run-until-signal.ts'
import type { Config } from '../config/config.ts'
import type { Place } from '../run.ts'
import { messageOf } from '../terminal/message-of.ts'
import { Refusal } from '../terminal/refusal.ts'
import { collectStartGarbage } from './collect-start-garbage.ts'
import type { Order, Report } from './messages.ts'
import { openTelemetry } from './open-telemetry.ts'

/** Time of the first process to collect the metrics of all. */
const metricsTimeout = seconds(5)

/** True in a process that another one has started to serve beside it. */
export const isServerProcess = (): boolean => cluster.isWorker

type Start = Extract<Order, { kind: 'start' }>
type Served = Readonly<{ address: string; stop: () => Promise<void> }>
type Program = Readonly<{
  name: string
  serve: (outputs: Outputs, place: Place, start: Start) => Promise<Served>
}>

/** Serves in this process until the first process of the start says to stop, or SIGTERM arrives. */
export async function serveUntilStopped(config: Config, { name, serve }: Program): Promise<void> {
  const starting = Promise.withResolvers<Start>()
  const stopping = Promise.withResolvers<void>()
  // One listener for both: they may wait together, and the second message of a listener for the first one would be lost.
  process.on('message', (order: Order) => {
    if (order.kind === 'start') starting.resolve(order)
    if (order.kind === 'stop') stopping.resolve()
  })
  process.on('SIGTERM', () => stopping.resolve())
  // A terminal sends SIGINT to every process of the start; the first one decides.
  process.on('SIGINT', () => {})
  const start = await starting.promise
  const telemetry = await openTelemetry(config, name)
  const announce = (line: string) => start.number === 1 && report({ kind: 'line', line })
  const outputs = {
    logs: telemetry.logs,
    announce,
    isTerminal: process.stdout.isTTY,
    fail: (reason: Error) => void fail(reason, config),
  }
  const served = await serve(outputs, placeOf(start), start).catch((error: unknown) => fail(error, config))
  report({ kind: 'ready', address: served.address })
  void collectStartGarbage()
  await stopping.promise
  setTimeout(() => process.exit(1), grace).unref()
  let exitCode = 0
  await served.stop().catch((error: unknown) => {
    exitCode = 1
    telemetry.logs('posad').error({ err: error }, 'the stop failed')
  })
  await telemetry.stop()
  process.exit(exitCode)
}

/** Sends a message to the first process. When it has died, this process ends too. */
const report = (message: Report): void => void process.send?.(message, undefined, undefined, () => {})

/** Ends the process; the first one reports the reason. */
async function fail(error: unknown, { database }: Config): Promise<never> {
  const line = error instanceof Refusal ? error.message : messageOf(error, database)
  await new Promise<void>((resolve) =>
    process.send?.({ kind: 'failed', line } satisfies Report, undefined, undefined, () => resolve()),
  )
  process.exit(1)
}

function placeOf({ number }: Start): Place {
  const waiting = new Map<number, (page: string) => void>()
  const own = new Map<string, () => Promise<string>>()
  const read = async (service: string) => (await own.get(service)?.()) ?? ''
  let requests = 0
  process.on('message', (order: Order) => {
    if (order.kind === 'metrics') waiting.get(order.request)?.(order.page)
    if (order.kind !== 'read-metrics') return
    const { request } = order
    void read(order.service)
      .catch(() => '')
      .then((page) => report({ kind: 'own-metrics', request, page }))
  })
  return {
    number,
    exports: (service, readPage) => void own.set(service, readPage),
    metricsOfAll: async (service) => {
      const request = ++requests
      const { promise, resolve } = Promise.withResolvers<string>()
      waiting.set(request, resolve)
      report({ kind: 'want-metrics', request, service })
      const late = sleep(metricsTimeout, undefined, { ref: false }).then(() => read(service))
      return await Promise.race([promise, late]).finally(() => waiting.delete(request))
    },
  }
}
