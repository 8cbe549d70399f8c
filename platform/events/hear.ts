import type { AnyTx } from '#platform/db'
import type { EventDefinition, PayloadOf } from './define-event.ts'

/** An event as a hearer gets it: CS's envelope. */
export type Heard<Payload = unknown> = Readonly<{
  event_id: string
  event_type: string
  /** When it was told, RFC 3339 UTC. */
  timestamp: string
  /** The module that told it. */
  service: string
  payload: Payload
  metadata: Readonly<{
    key: string
    correlation_id: string
    causation_id?: string | undefined
    traceparent?: string | undefined
    alias?: string | undefined
  }>
}>

/**
 * What a module does when it hears an event. `ask` runs first, outside any transaction, and may call the outside world;
 * it must be safe to repeat. `keep` runs once per event: the inbox row and its writes share one transaction, which may
 * hold other events of the same group as well.
 */
export type Hear = Readonly<{
  event: EventDefinition
  ask?: (event: Heard<never>) => Promise<unknown>
  keep: (tx: AnyTx, event: Heard<never>, facts: unknown) => Promise<void>
  /** True when events of other keys may be heard beside its own: see `keyed`. */
  keyed?: boolean
}>

/**
 * Says that events of different keys do not meet in a hearer: what it decides by belongs to the key of its event, and what
 * it changes beside that adds up in any order. They are then heard at once in one transaction, and what they all ask of
 * the database goes in one statement (`gathered`).
 */
export const keyed = (hear: Hear): Hear => ({ ...hear, keyed: true })

/** Hears `event` by writing. */
// oxlint-disable-next-line no-explicit-any -- any version of any event
export function hear<Definition extends EventDefinition<any, any>>(
  event: Definition,
  keep: (tx: AnyTx, event: Heard<PayloadOf<Definition>>) => Promise<void>,
): Hear
/** Hears `event` by asking the world first and writing with what it said. */
// oxlint-disable-next-line no-explicit-any
export function hear<Definition extends EventDefinition<any, any>, Facts>(
  event: Definition,
  ask: (event: Heard<PayloadOf<Definition>>) => Promise<Facts>,
  keep: (tx: AnyTx, event: Heard<PayloadOf<Definition>>, facts: Facts) => Promise<void>,
): Hear
export function hear(event: EventDefinition, first: Hear['ask'] | Hear['keep'], second?: Hear['keep']): Hear {
  if (second) return { event, ask: first as NonNullable<Hear['ask']>, keep: second }
  return { event, keep: first as Hear['keep'] }
}
