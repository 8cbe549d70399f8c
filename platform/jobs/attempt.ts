import type { Task } from 'graphile-worker'
import { withContext } from '#platform/telemetry'
import { newId } from '#platform/values'
import type { Job } from './job.ts'
import { assertFits, splitStoredContext } from './payload.ts'

/** A job as the library runs it: on the trail of who enqueued it, and no longer than its time limit. */
export function attemptOf(job: Job, stopping: AbortSignal): Task {
  return async (stored) => {
    const { payload, traceContext } = splitStoredContext(stored)
    assertFits(job, payload)
    await withContext(traceContext ?? { correlation_id: newId() }, () => inTime(job, payload, stopping))
  }
}

async function inTime(job: Job, payload: object, stopping: AbortSignal): Promise<void> {
  const { promise: over, reject } = Promise.withResolvers<never>()
  const signal = new AbortController()
  const stop = () => signal.abort(stopping.reason)
  const timer = setTimeout(() => {
    const reason = new Error(`${job.name} took longer than ${job.timeLimit} ms`)
    signal.abort(reason)
    reject(reason)
  }, job.timeLimit)
  stopping.addEventListener('abort', stop)
  try {
    await Promise.race([job.work(payload as Parameters<Job['work']>[0], signal.signal), over])
  } finally {
    clearTimeout(timer)
    stopping.removeEventListener('abort', stop)
  }
}
