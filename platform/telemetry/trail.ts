import { AsyncLocalStorage } from 'node:async_hooks'
import { newId } from '#platform/words'

/** What connects a log line, an event and a trace to the request or event that caused them. */
export type Trail = Readonly<{
  /** Shared by everything that one request set in motion. */
  correlation_id: string
  /** The event whose hearing this is. */
  causation_id?: string | undefined
  request_id?: string | undefined
  user_id?: string | undefined
  traceparent?: string | undefined
}>

const trails = new AsyncLocalStorage<Trail>()

/** Runs `work` so that everything told and logged inside carries `trail`. */
export const onTrail = <Result>(trail: Trail, work: () => Result): Result => trails.run(trail, work)

/** The trail we are on, if we are on one: what a log line says of its cause. */
export const trailHere = (): Trail | undefined => trails.getStore()

/** The trail we are on; a fresh one outside of any. */
export const currentTrail = (): Trail => trails.getStore() ?? { correlation_id: newId() }
