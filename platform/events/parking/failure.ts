import { sqlStateOf } from '#platform/db'
import { Unavailable } from '#platform/outcome'

/** No handler receives the message, and no further attempt would change that. */
export class Undeliverable extends Error {
  readonly code: 'malformed' | 'unknown-type' | 'gone' | 'poison'
  constructor(code: Undeliverable['code'], message: string) {
    super(message)
    this.name = 'Undeliverable'
    this.code = code
  }
}

/** The error of a message that kills its process. */
export const poisonMessage = 'The process died each time it handled this message'

/**
 * `transient` passes by itself and is tried again at once, `unavailable` passes when a dependency answers again,
 * `permanent` never passes, `unclear` may or may not pass.
 */
export type FailureKind = 'transient' | 'unavailable' | 'unclear' | 'permanent'

/**
 * True for a failure that says nothing about its message: a dependency or the database does not answer now, or its work
 * conflicts with other work. Such a failure is no attempt of the message.
 */
export const isOutage = (error: unknown): boolean => ['transient', 'unavailable'].includes(classify(error))

const transientStates = new Set(['40001', '40P01', '55P03', '57P01', '57P02', '57P03', '53300', '25P03', '25P04'])
const transientCodes = new Set(['ECONNRESET', 'ECONNREFUSED', 'ECONNABORTED', 'EPIPE', 'ETIMEDOUT', 'EAI_AGAIN'])
const transientStatuses = new Set([408, 425, 429])

/** Classifies what a handler threw. */
export function classify(error: unknown): FailureKind {
  if (error instanceof Undeliverable) return 'permanent'
  if (error instanceof Unavailable) return 'unavailable'
  const state = sqlStateOf(error)
  if (state && (transientStates.has(state) || state.startsWith('08'))) return 'transient'
  const { code, status, message } = (error ?? {}) as { code?: unknown; status?: unknown; message?: unknown }
  if (typeof code === 'string' && transientCodes.has(code)) return 'transient'
  if (typeof status === 'number' && (transientStatuses.has(status) || status >= 500)) return 'transient'
  if (typeof message === 'string' && /connection (terminated|error)|timeout exceeded when trying/i.test(message)) {
    return 'transient'
  }
  return 'unclear'
}

const maxLength = 2000

/** The code and text of an error for an operator. Without the stack, which the log has: rows are kept and copied. */
export function describeError(error: unknown): { code: string | null; text: string } {
  const { code, name } = (error ?? {}) as { code?: unknown; name?: unknown }
  const text = error instanceof Error ? error.message : String(error)
  const found = typeof code === 'string' ? code : typeof name === 'string' ? name : null
  return { code: found && storable(found), text: storable(text) }
}

/** PostgreSQL stores neither NUL nor half of a surrogate pair. */
const storable = (text: string) => text.replaceAll('\0', '').slice(0, maxLength).toWellFormed()
