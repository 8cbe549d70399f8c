import { createRequire } from 'node:module'
import pino, { type DestinationStream, type LevelWithSilent, type Logger } from 'pino'
import type * as PinoPretty from 'pino-pretty'
import { describeError } from './describe-error.ts'
import { redactFields, redactLine } from './redact.ts'
import { activeContext } from './trace-context.ts'

/** What everything logs through; Fastify takes it as its `loggerInstance`. */
export type Log = Logger

/** Gives the log of one part of the house, by the name that its lines carry; a level of its own if it needs one. */
export type Logs = (logger: string, level?: LevelWithSilent) => Log

type LogSettings = Readonly<{
  service: string
  version: string
  level: LevelWithSilent
  /** `pretty` on a terminal and `json` elsewhere when absent. */
  format?: 'pretty' | 'json' | undefined
  /** Standard output when absent. */
  to?: DestinationStream
}>

/**
 * Opens the log of a process. Every line says when, what, who and in which request; values under telling names (password,
 * token, email …) and everything in free text that looks like one are hidden.
 */
export function openLogs({ service, version, level, format, to }: LogSettings): Logs {
  const wanted = format ?? (process.stdout.isTTY ? 'pretty' : 'json')
  const root = pino(
    {
      level,
      base: { service, version },
      messageKey: 'message',
      timestamp: () => `,"timestamp":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }), log: redactFields },
      serializers: { err: describeError, error: describeError, req: describeRequest, res: describeResponse },
      mixin: describeContext,
      hooks: { streamWrite: redactLine },
    },
    wanted === 'pretty' ? prettyStream(to) : (to ?? pino.destination({ fd: 1, sync: false })),
  )
  hideInChildren(root)
  return (logger, ownLevel) => root.child({ logger }, ownLevel ? { level: ownLevel } : {})
}

/** A log that says nothing, for tests and for who does not care. */
export const quietLog: Log = pino({ enabled: false })

/** Children descend from their parent by prototype, so theirs is this `child` too; pino's own formatter is not asked by them. */
function hideInChildren(root: Log): void {
  // oxlint-disable-next-line typescript/unbound-method -- bound anew for each parent below
  const { child } = root
  const hiding: typeof child = function (this: Log, bindings, options) {
    return child.call(this, redactFields(bindings), options) as never
  }
  root.child = hiding
}

function describeContext(): object {
  const traceContext = activeContext()
  if (!traceContext) return {}
  const { request_id, user_id, correlation_id, traceparent } = traceContext
  return { request_id, user_id, correlation_id, trace_id: traceparent?.split('-', 2)[1] }
}

/** Without the query: people search for names and numbers. */
const describeRequest = ({ method, url }: { method: string; url: string }) => ({ method, path: url.split('?', 1)[0] })

const describeResponse = ({ statusCode }: { statusCode: number }) => ({ status: statusCode })

/** Loaded when needed: a server never is on a terminal. In this process, no worker thread. */
function prettyStream(to: DestinationStream | undefined): DestinationStream {
  const { prettyFactory } = createRequire(import.meta.url)('pino-pretty') as typeof PinoPretty
  const options: PinoPretty.PrettyOptions = {
    colorize: to === undefined && process.stdout.isTTY,
    messageKey: 'message',
    timestampKey: 'timestamp',
    translateTime: 'SYS:HH:MM:ss.l',
    messageFormat: '{logger}: {message}',
    ignore: 'service,version,logger,correlation_id',
    singleLine: true,
  }
  const prettify = prettyFactory(options)
  const out = to ?? process.stdout
  return { write: (line) => void out.write(prettify(line)) }
}
