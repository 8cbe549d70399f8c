import { AsyncLocalStorage } from 'node:async_hooks'
import { newId } from '#platform/values'
import type { Span } from './span.ts'

/** Connects a log line, an event and a trace with the request or event that caused them. */
export type TraceContext = Readonly<{
  /** The same for everything that one request caused. */
  correlation_id: string
  /** The event whose handler runs. */
  causation_id?: string | undefined
  request_id?: string | undefined
  user_id?: string | undefined
  /** The W3C trace context of the current span. */
  traceparent?: string | undefined
  /** The current span; absent when tracing is off. */
  span?: Span | undefined
}>

const contexts = new AsyncLocalStorage<TraceContext>()

/** Runs `work` in a trace context: its events and log lines carry it. */
export const withContext = <Result>(traceContext: TraceContext, work: () => Result): Result =>
  contexts.run(traceContext, work)

/** The current trace context; undefined outside any. */
export const activeContext = (): TraceContext | undefined => contexts.getStore()

/** The current trace context, or a new one. */
export const currentContext = (): TraceContext => contexts.getStore() ?? { correlation_id: newId() }
