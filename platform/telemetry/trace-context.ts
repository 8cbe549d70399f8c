import { AsyncLocalStorage } from 'node:async_hooks'
import { newId } from '#platform/values'

/** What connects a log line, an event and a trace to the request or event that caused them. */
export type TraceContext = Readonly<{
  /** Shared by everything that one request set in motion. */
  correlation_id: string
  /** The event whose hearing this is. */
  causation_id?: string | undefined
  request_id?: string | undefined
  user_id?: string | undefined
  traceparent?: string | undefined
}>

const contexts = new AsyncLocalStorage<TraceContext>()

/** Runs `work` so that everything told and logged inside carries `trail`. */
export const withContext = <Result>(traceContext: TraceContext, work: () => Result): Result =>
  contexts.run(traceContext, work)

/** The trail we are on, if we are on one: what a log line says of its cause. */
export const activeContext = (): TraceContext | undefined => contexts.getStore()

/** The trail we are on; a fresh one outside of any. */
export const currentContext = (): TraceContext => contexts.getStore() ?? { correlation_id: newId() }
