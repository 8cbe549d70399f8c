import { sqlStateOf } from '#platform/db'

/** Why a message is handed to nobody: no attempt would change it. */
export class Undeliverable extends Error {
  readonly code: 'malformed' | 'unknown-type' | 'gone' | 'crashed'
  constructor(code: Undeliverable['code'], message: string) {
    super(message)
    this.name = 'Unhearable'
    this.code = code
  }
}

/** What is said of a message that takes the process with it. */
export const deadly = 'The process died again and again while this was being heard'

/** `transient` passes by itself and is tried again at once, `permanent` never passes, anything else may or may not. */
export type Verdict = 'transient' | 'unclear' | 'permanent'

const transientStates = new Set(['40001', '40P01', '55P03', '57P01', '57P02', '57P03', '53300', '25P03', '25P04'])
const transientCodes = new Set(['ECONNRESET', 'ECONNREFUSED', 'ECONNABORTED', 'EPIPE', 'ETIMEDOUT', 'EAI_AGAIN'])
const transientStatuses = new Set([408, 425, 429])

export function verdictOn(error: unknown): Verdict {
  if (error instanceof Undeliverable) return 'permanent'
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

const longestText = 2000

/** An error as an operator reads it. Without the stack: the log has that, and rows are kept and copied. */
export function describe(error: unknown): { code: string | null; text: string } {
  const { code, name } = (error ?? {}) as { code?: unknown; name?: unknown }
  const text = error instanceof Error ? error.message : String(error)
  return {
    code: typeof code === 'string' ? code : typeof name === 'string' ? name : null,
    text: text.replaceAll('\0', '').slice(0, longestText),
  }
}

/** Milliseconds before the attempt after `attempt`: doubled each time, spread over half so that not all come back at once. */
export const backoff = (attempt: number, first: number, longest: number): number =>
  (0.5 + Math.random() / 2) * Math.min(longest, first * 2 ** (attempt - 1))
