import type { AnyTx } from '#platform/db'
import type { EventDefinition, PayloadOf } from './define-event.ts'

/** An event as a hearer gets it: CS's envelope. */
export type EventEnvelope<Payload = unknown> = Readonly<{
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
export type Subscription = Readonly<{
  event: EventDefinition
  ask?: (event: EventEnvelope<never>) => Promise<unknown>
  keep: (tx: AnyTx, event: EventEnvelope<never>, facts: unknown) => Promise<void>
  /** Whether events of other keys may be heard beside its own: see `keyed` and `adding`. */
  beside?: 'in-one-transaction' | 'in-any'
}>

/**
 * Says that a hearer reads and writes nothing but what belongs to the key of its event. Events of different keys are then
 * heard at once, what they all ask of the database goes in one statement (`gathered`), and two batches may be at work.
 */
export const keyLocal = (subscribe: Subscription): Subscription => ({ ...subscribe, beside: 'in-any' })

/**
 * Says that what a hearer changes beside its own key adds up in any order. Events of different keys are heard at once in
 * one transaction, as with `keyed`, but not in two: those would lock the same rows in different orders.
 */
export const commutative = (subscribe: Subscription): Subscription => ({ ...subscribe, beside: 'in-one-transaction' })

/** Hears `event` by writing. */
// oxlint-disable-next-line no-explicit-any -- any version of any event
export function subscribe<Definition extends EventDefinition<any, any>>(
  event: Definition,
  keep: (tx: AnyTx, event: EventEnvelope<PayloadOf<Definition>>) => Promise<void>,
): Subscription
/** Hears `event` by asking the world first and writing with what it said. */
// oxlint-disable-next-line no-explicit-any
export function subscribe<Definition extends EventDefinition<any, any>, Facts>(
  event: Definition,
  ask: (event: EventEnvelope<PayloadOf<Definition>>) => Promise<Facts>,
  keep: (tx: AnyTx, event: EventEnvelope<PayloadOf<Definition>>, facts: Facts) => Promise<void>,
): Subscription
export function subscribe(
  event: EventDefinition,
  first: Subscription['ask'] | Subscription['keep'],
  second?: Subscription['keep'],
): Subscription {
  if (second) return { event, ask: first as NonNullable<Subscription['ask']>, keep: second }
  return { event, keep: first as Subscription['keep'] }
}
