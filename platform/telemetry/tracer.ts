import { hours } from '#platform/values'
import type { Span, SpanStart, Tracer } from './span.ts'
import { activeContext, currentContext, withContext } from './trace-context.ts'

let tracer: Tracer | undefined

/** Sets the tracer of this process; undefined turns tracing off. */
export const setTracer = (next: Tracer | undefined): void => void (tracer = next)

/** Starts a span, which the caller ends. Undefined when tracing is off: `describe` is not called then. */
export const startSpan = (describe: () => SpanStart): Span | undefined => tracer?.(describe())

/**
 * Runs `work` in a span, and ends the span with it. An error that `work` throws marks the span as failed. The span belongs to
 * the current one when `describe` names no parent. A call to another system begins no trace of its own. `describe` is called
 * only when tracing is on.
 */
export function inSpan<Result>(describe: () => SpanStart, work: () => Promise<Result>): Promise<Result> {
  if (!tracer) return work()
  const start = describe()
  const parent = start.parent === undefined ? (activeContext()?.traceparent ?? null) : start.parent
  if (start.kind === 'client' && !activeContext()?.span) return work()
  return runIn(tracer({ ...start, parent }), work)
}

async function runIn<Result>(span: Span, work: () => Promise<Result>): Promise<Result> {
  try {
    return await withContext({ ...currentContext(), traceparent: span.traceparent, span }, work)
  } catch (error) {
    span.fail(error)
    throw error
  } finally {
    span.end()
  }
}

/** A trace of hours is of no use: work that begins later than this after its cause begins a trace of its own, with a link. */
const continuedFor = hours(1)

/** The parent or the link of the span of an event or a job that was stored at `at`. */
export const causedBy = (traceparent: string | null | undefined, at: Date): Pick<SpanStart, 'parent' | 'links'> =>
  Date.now() - at.getTime() < continuedFor ? { parent: traceparent ?? null } : { parent: null, links: [traceparent] }

/** Counts a statement in the current span. Statements that several requests share count for one of them. */
export const countStatement = (): void => {
  if (tracer) activeContext()?.span?.countStatement()
}
