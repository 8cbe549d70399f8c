import type { Logs } from '#platform/telemetry'
import { seconds } from '#platform/values'
import type { Config } from '../config/config.ts'
import { collectStartGarbage } from '../processes/collect-start-garbage.ts'
import { openTelemetry } from '../processes/open-telemetry.ts'

/** The time of an orderly stop; supervisors send SIGKILL 30 seconds after SIGTERM. */
export const grace = seconds(25)

/** How a program that runs until a signal reaches its user. */
export type Outputs = Readonly<{
  logs: Logs
  /** Prints a line for people. */
  announce: (line: string) => void
  /** The announced lines go to a terminal, and not to a log. */
  isTerminal: boolean
  /** Ends the program with exit code 1. */
  fail: (reason: Error) => void
}>

type Program = Readonly<{
  /** The service in the logs. */
  name: string
  /** Starts everything and returns a function that stops it. */
  start: (outputs: Outputs) => Promise<() => Promise<void>>
}>

/** Runs a program in this process until SIGINT or SIGTERM. Throws when it does not start. */
export async function runUntilSignal(config: Config, { name, start }: Program): Promise<void> {
  const telemetry = await openTelemetry(config, name)
  const { logs } = telemetry
  const announce = announcer(logs)
  for (const notice of config.notices) announce(notice)
  const ended = Promise.withResolvers<End>()
  const fail = (reason: Error) => ended.resolve({ code: 1, reason: reason.message })
  const starting = start({ logs, announce, isTerminal: process.stdout.isTTY, fail })
  // A signal during the start waits for its end: a process that ended at once would leave the database running.
  onSignal(() => ended.resolve({ code: 0 }))
  void ended.promise.then(async (ending) => await endProcess(ending, { starting, telemetry, announce }))
  await starting
  void collectStartGarbage()
}

type End = Readonly<{ code: number; reason?: string }>

/** Prints plain lines on a terminal, and log lines elsewhere. */
function announcer(logs: Logs): (line: string) => void {
  const log = logs('posad')
  return process.stdout.isTTY ? (line) => process.stdout.write(`${line}\n`) : (line) => log.info(line.trim())
}

/** A terminal or a supervisor signals npm and this process, and npm passes its signal on: within this time both are one. */
const sameSignal = seconds(1)

/** The first signal stops in order; a second one ends the process at once. */
function onSignal(stop: () => void): void {
  let stoppingSince: number | undefined
  const signalled = () => {
    if (stoppingSince !== undefined && performance.now() - stoppingSince > sameSignal) process.exit(1)
    stoppingSince ??= performance.now()
    stop()
  }
  process.on('SIGINT', signalled)
  process.on('SIGTERM', signalled)
}

type Started = Pick<Outputs, 'announce'> &
  Readonly<{ starting: Promise<() => Promise<void>>; telemetry: Awaited<ReturnType<typeof openTelemetry>> }>

/** Stops in order and ends the process. At the end of the grace it ends the process at once. */
async function endProcess({ code, reason }: End, { starting, telemetry, announce }: Started): Promise<never> {
  const log = telemetry.logs('posad')
  if (reason !== undefined) process.stderr.write(`posad: ${reason}\n`)
  announce('Stopping …')
  setTimeout(() => {
    log.error(`the stop took longer than ${grace / seconds(1)} s; the process ends now`)
    process.exit(1)
  }, grace).unref()
  let exitCode = code
  try {
    const stop = await starting
    await stop()
    announce('Stopped.')
  } catch (error) {
    exitCode = 1
    log.error({ err: error }, 'the stop failed')
  }
  await telemetry.stop()
  process.exit(exitCode)
}
