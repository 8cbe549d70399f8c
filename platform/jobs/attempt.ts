import type { Task } from 'graphile-worker'
import { causedBy, inSpan, withContext } from '#platform/telemetry'
import { newId } from '#platform/values'
import type { Job } from './job.ts'
import { assertFits, splitStoredContext } from './payload.ts'

/** Wraps a job for the library: in the trace context of its enqueuer, and within its time limit. */
export function attemptOf(job: Job, stopping: AbortSignal): Task {
  return async (stored, { job: { created_at, attempts } }) => {
    const { payload, traceContext = { correlation_id: newId() } } = splitStoredContext(stored)
    assertFits(job, payload)
    const describe = () =>
      ({
        name: `job ${job.name}`,
        kind: 'consumer',
        ...causedBy(traceContext.traceparent, created_at),
        attributes: { 'posad.attempt': attempts, 'posad.correlation_id': traceContext.correlation_id },
      }) as const
    await withContext(traceContext, () => inSpan(describe, () => workInTime(job, payload, stopping)))
  }
}

async function workInTime(job: Job, payload: object, stopping: AbortSignal): Promise<void> {
  const { promise: timedOut, reject } = Promise.withResolvers<never>()
  const signal = new AbortController()
  const stop = () => signal.abort(stopping.reason)
  const timer = setTimeout(() => {
    const error = new Error(`${job.name} took longer than ${job.timeLimit} ms`)
    signal.abort(error)
    reject(error)
  }, job.timeLimit)
  stopping.addEventListener('abort', stop)
  try {
    await Promise.race([job.work(payload as Parameters<Job['work']>[0], signal.signal), timedOut])
  } finally {
    clearTimeout(timer)
    stopping.removeEventListener('abort', stop)
  }
}
