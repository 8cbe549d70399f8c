import type { TObject } from 'typebox'
import { Compile, type Validator } from 'typebox/compile'
import { activeContext, type TraceContext } from '#platform/telemetry'
import type { Job } from './job.ts'

const validators = new WeakMap<TObject, Validator>()

/** Throws `TypeError` with the path of the first error when `payload` does not fit the job's schema. */
export function assertFits({ name, payload: schema }: Job, payload: unknown): void {
  const validator = validators.get(schema) ?? Compile(schema)
  validators.set(schema, validator)
  if (validator.Check(payload)) return
  const [issue] = validator.Errors(payload)
  throw new TypeError(`${name}: ${issue ? `${issue.instancePath || '/'} ${issue.message}` : 'does not fit its schema'}`)
}

/** The stored form of a payload: `_trace` holds the trace context of the enqueuer, as `_cron` holds the library's value. */
export const withStoredContext = (payload: object): object => {
  const traceContext = activeContext()
  if (!traceContext) return payload
  const { span: _, ...stored } = traceContext
  return { ...payload, _trace: stored }
}

/** Splits a stored payload into the job's payload and the trace context. */
export function splitStoredContext(stored: unknown): { payload: object; traceContext: TraceContext | undefined } {
  const { _trace, _cron, ...payload } = stored as { _trace?: TraceContext; _cron?: unknown }
  return { payload, traceContext: _trace }
}
