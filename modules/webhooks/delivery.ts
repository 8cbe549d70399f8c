import { after, hours, minutes, seconds } from '#platform/values'

/** The pauses after the failed attempts of a delivery: eight attempts in 28 hours. */
const pauses = [seconds(5), minutes(5), minutes(30), hours(2), hours(5), hours(10), hours(10)] as const

/** The attempts of a delivery, unless staff request further ones. */
export const maxSteps = pauses.length + 1

/** A receiver may ask for a longer pause, up to this one. */
const longestPause = hours(10)

/** The result of one attempt. `retryAfter` is the header of the response. */
export type AttemptResult =
  | Readonly<{ kind: 'response'; status: number; retryAfter?: string | undefined }>
  | Readonly<{ kind: 'failed' }>

/** The state of a delivery after an attempt. */
export type NextState =
  | Readonly<{ status: 'delivered' | 'failed' }>
  | Readonly<{ status: 'pending'; next_attempt_at: Date }>

type Facts = Readonly<{
  /** The attempts of this round, the one with the result included. */
  step: number
  now: Date
  /** Between 0 and 1. It spreads the attempts of many deliveries that failed at the same moment. */
  chance: number
}>

export const isAccepted = (result: AttemptResult): boolean =>
  result.kind === 'response' && result.status >= 200 && result.status < 300

/** The receiver says that this address will never accept events again. */
export const isGone = (result: AttemptResult): boolean => result.kind === 'response' && result.status === 410

/** Decides what follows an attempt. A redirect is a failure: nothing follows it, because it may lead anywhere. */
export function nextStateOf(result: AttemptResult, { step, now, chance }: Facts): NextState {
  if (isAccepted(result)) return { status: 'delivered' }
  const pause = pauses[step - 1]
  if (pause === undefined || isGone(result)) return { status: 'failed' }
  const spread = pause * (0.8 + 0.4 * chance)
  return { status: 'pending', next_attempt_at: after(now, Math.max(spread, requestedPause(result, now))) }
}

/** Milliseconds that an overloaded receiver asks for. */
function requestedPause(result: AttemptResult, now: Date): number {
  if (result.kind === 'failed' || ![429, 503].includes(result.status)) return 0
  const text = result.retryAfter ?? ''
  const pause = /^\d{1,9}$/.test(text) ? seconds(Number(text)) : Date.parse(text) - now.getTime()
  return Number.isFinite(pause) ? Math.min(Math.max(pause, 0), longestPause) : 0
}
