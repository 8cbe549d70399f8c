import { createStackParser, createTransport, type Event, type Exception, type SeverityLevel } from '@sentry/core'
import { nodeStackLineParser, ServerRuntimeClient } from '@sentry/core/server'
import { seconds } from '#platform/values'
import type { ErrorReporter } from './error-reporter.ts'
import type { Log } from './log.ts'

type Needs = Readonly<{ dsn: string; environment: string; service: string; version: string; log: Log }>

const sendTimeout = seconds(5)
/** A Sentry that does not answer must not delay the end of the program for longer. */
const flushTimeout = seconds(3)

/** The log line of an error. Other fields are what the log adds to it. */
type ErrorLine = Readonly<{
  level: SeverityLevel
  timestamp: string
  logger: string
  message: string
  err?: LoggedError
  request_id?: string
  user_id?: string
  trace_id?: string
  span_id?: string
  [field: string]: unknown
}>
type LoggedError = Readonly<{ type: string; message: string; stack?: string; cause?: LoggedError }>

const parseStack = createStackParser(nodeStackLineParser())

/**
 * Error reports by the library of Sentry. A report has what the log line of the error has and nothing more. The library keeps at
 * most 64 reports that are being sent, drops further ones, and pauses as Sentry's answers ask. Only a program with a DSN loads
 * this file.
 */
export function openSentry(needs: Needs): Readonly<{ report: ErrorReporter; close: () => Promise<void> }> {
  const { dsn, environment, service, version, log } = needs
  const send = logged(post, log)
  const client = new ServerRuntimeClient({
    dsn,
    environment,
    release: `posad@${version}`,
    runtime: { name: 'node', version: process.version },
    integrations: [],
    stackParser: parseStack,
    transport: (options) => createTransport(options, ({ body }) => send(options.url, body)),
  })
  client.init()
  return {
    report: (line) => void client.captureEvent(eventOf(JSON.parse(line) as ErrorLine, service)),
    close: async () => void (await client.close(flushTimeout)),
  }
}

async function post(url: string, body: string | Uint8Array) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/x-sentry-envelope' },
    body: Buffer.from(body),
    signal: AbortSignal.timeout(sendTimeout),
  })
  await response.body?.cancel()
  return {
    statusCode: response.status,
    headers: {
      'x-sentry-rate-limits': response.headers.get('x-sentry-rate-limits'),
      'retry-after': response.headers.get('retry-after'),
    },
  }
}

/** A logged error as an event of Sentry. */
function eventOf(line: ErrorLine, service: string): Event {
  const { level, timestamp, logger, message, err, request_id, user_id, trace_id, span_id, ...others } = line
  return {
    level,
    timestamp: Date.parse(timestamp) / seconds(1),
    logger,
    message,
    ...(err && { exception: { values: exceptionsOf(err) } }),
    tags: { service, logger, ...(request_id && { request_id }) },
    ...(user_id && { user: { id: user_id } }),
    ...(trace_id && span_id && { contexts: { trace: { trace_id, span_id } } }),
    extra: others,
  }
}

/** An error and its causes, the first cause first. */
const exceptionsOf = ({ type, message, stack = '', cause }: LoggedError): Exception[] => [
  ...(cause ? exceptionsOf(cause) : []),
  { type, value: message, stacktrace: { frames: parseStack(stack) }, mechanism: { type: 'log', handled: true } },
]

/** Logs once that Sentry does not take reports, and once that it does again. As a warning: an error would be reported. */
function logged(send: typeof post, log: Log): typeof post {
  let isAway = false
  const note = (reason?: unknown) => {
    if (reason !== undefined && !isAway)
      log.warn({ err: reason }, 'Sentry takes no reports; errors are only in the log')
    if (reason === undefined && isAway) log.info('Sentry takes reports again')
    isAway = reason !== undefined
  }
  return async (url, body) => {
    try {
      const response = await send(url, body)
      note(response.statusCode < 400 ? undefined : new Error(`the response is ${response.statusCode}`))
      return response
    } catch (error) {
      note(error)
      throw error
    }
  }
}
