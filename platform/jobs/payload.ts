import type { TObject } from 'typebox'
import { Compile, type Validator } from 'typebox/compile'
import { activeContext, type TraceContext } from '#platform/telemetry'
import type { Job } from './job.ts'

const validators = new WeakMap<TObject, Validator>()

/** Throws when `payload` does not fit the job's schema, saying where. */
export function assertFits({ name, payload: schema }: Job, payload: unknown): void {
  const validator = validators.get(schema) ?? Compile(schema)
  validators.set(schema, validator)
  if (validator.Check(payload)) return
  const [fault] = validator.Errors(payload)
  throw new TypeError(`${name}: ${fault ? `${fault.instancePath || '/'} ${fault.message}` : 'does not fit its schema'}`)
}

/** The payload as it is stored: with the trail it was enqueued on, under a name of our own, as the library's `_cron` is. */
export const withStoredContext = (payload: object): object => {
  const traceContext = activeContext()
  return traceContext ? { ...payload, _trace: traceContext } : payload
}

/** Parts again what the job was given and the trail. */
export function splitStoredContext(stored: unknown): { payload: object; traceContext: TraceContext | undefined } {
  const { _trace, _cron, ...payload } = stored as { _trace?: TraceContext; _cron?: unknown }
  return { payload, traceContext: _trace }
}
