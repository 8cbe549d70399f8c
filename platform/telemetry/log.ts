import { createRequire } from 'node:module'
import pino, { type DestinationStream, type LevelWithSilent, type Logger } from 'pino'
import type * as PinoPretty from 'pino-pretty'
import { describeError } from './describe-error.ts'
import { reportError } from './error-reporter.ts'
import { redactFields, redactLine } from './redact.ts'
import { activeContext } from './trace-context.ts'

/** The logger of one part. Fastify takes it as its `loggerInstance`. */
export type Log = Logger

/** Returns the log of one part of the app. Its lines carry the name `logger`; `level` overrides the level of the process. */
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
 * Opens the log of a process. Every line has the time, the part, the message and the request. It hides values under
 * sensitive names (password, token, email …), and text that looks like such a value. Lines of errors are also reported where
 * `startErrorReports` sends them.
 */
export function openLogs({ service, version, level, format, to }: LogSettings): Logs {
  const chosen = format ?? (process.stdout.isTTY ? 'pretty' : 'json')
  const root = pino(
    {
      level,
      base: { service, version },
      messageKey: 'message',
      timestamp: () => `,"timestamp":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }), log: redactFields },
      serializers: { err: describeError, error: describeError, req: describeRequest, res: describeResponse },
      mixin: describeContext,
      hooks: { streamWrite: (line) => reportError(redactLine(line)) },
    },
    chosen === 'pretty' ? prettyStream(to) : (to ?? pino.destination({ fd: 1, sync: false })),
  )
  redactChildren(root)
  return (logger, ownLevel) => root.child({ logger }, ownLevel ? { level: ownLevel } : {})
}

/** A log that writes nothing. */
export const quietLog: Log = pino({ enabled: false })

/** Redacts the bindings of children, to which pino does not apply its formatter. Children inherit this `child`. */
function redactChildren(root: Log): void {
  // oxlint-disable-next-line typescript/unbound-method -- called with each parent as `this` below
  const { child } = root
  const redacting: typeof child = function (this: Log, bindings, options) {
    return child.call(this, redactFields(bindings), options) as never
  }
  root.child = redacting
}

function describeContext(): object {
  const traceContext = activeContext()
  if (!traceContext) return {}
  const { request_id, user_id, correlation_id, traceparent } = traceContext
  const [, trace_id, span_id] = traceparent?.split('-', 3) ?? []
  return { request_id, user_id, correlation_id, trace_id, span_id }
}

/** Omits the query string: people search for names and phone numbers. */
const describeRequest = ({ method, url }: { method: string; url: string }) => ({ method, path: url.split('?', 1)[0] })

const describeResponse = ({ statusCode }: { statusCode: number }) => ({ status: statusCode })

/** Loads pino-pretty only when needed, because a server has no terminal. Runs in this thread. */
function prettyStream(to: DestinationStream | undefined): DestinationStream {
  const { prettyFactory } = createRequire(import.meta.url)('pino-pretty') as typeof PinoPretty
  const options: PinoPretty.PrettyOptions = {
    colorize: to === undefined && process.stdout.isTTY,
    messageKey: 'message',
    timestampKey: 'timestamp',
    translateTime: 'SYS:HH:MM:ss.l',
    messageFormat: '{logger}: {message}',
    ignore: 'service,version,logger,correlation_id,span_id',
    singleLine: true,
  }
  const prettify = prettyFactory(options)
  const out = to ?? process.stdout
  return { write: (line) => void out.write(prettify(line)) }
}
