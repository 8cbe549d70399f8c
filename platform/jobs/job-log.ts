import { EventEmitter } from 'node:events'
import { Logger, type WorkerEvents } from 'graphile-worker'
import type { Log } from '#platform/telemetry'
import { recordAttempt } from './finished-jobs.ts'

/** Writes the library's messages to the log, its info as debug. `jobEvents` logs the jobs, without their payloads. */
export const loggerFor = (log: Log): Logger =>
  new Logger(() => (level, message, meta) => {
    if (meta?.['failure'] || meta?.['success']) return
    const { error: err } = meta ?? {}
    if (level === 'error') log.error({ err }, message)
    else if (level === 'warning') log.warn({ err }, message)
    else log.debug(message)
  })

/** The library's events. The end of each attempt is logged. */
export function jobEvents(log: Log): WorkerEvents {
  const events: WorkerEvents = new EventEmitter()
  events.on('job:success', ({ job: { id, task_identifier: action } }) => {
    recordAttempt(action, 'done')
    log.debug({ action, job_id: id }, 'job done')
  })
  events.on('job:error', ({ job, error: err }) => {
    const { id, task_identifier: action, attempts, max_attempts } = job
    recordAttempt(action, attempts < max_attempts ? 'retried' : 'failed')
    const line = { action, job_id: id, attempt: attempts, err }
    if (attempts < max_attempts) log.warn(line, 'job failed, retrying')
    else log.error(line, 'job failed for good: find the cause and enqueue it again')
  })
  return events
}
