import type { AnyTx } from '#platform/db'
import type { EventDefinition, PayloadOf } from './define-event.ts'

/** An event as a handler receives it. Brokers carry the same envelope. */
export type EventEnvelope<Payload = unknown> = Readonly<{
  event_id: string
  event_type: string
  /** The time of publication, RFC 3339 UTC. */
  timestamp: string
  /** The module that published it. */
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

/** The reaction of a module to one event. Create it with `subscribe`. */
export type Subscription = Readonly<{
  event: EventDefinition
  /** Runs before `handle`, outside any transaction, and may call other systems. It may run more than once per event. */
  prepare?: (event: EventEnvelope<never>, signal: AbortSignal) => Promise<unknown>
  /**
   * Takes effect once per event: the inbox row and its writes share one transaction, which other events of the same group
   * may share as well.
   */
  handle: (tx: AnyTx, event: EventEnvelope<never>, prepared: unknown) => Promise<void>
  /** Set by `keyLocal` or `commutative`. Without it, the events of a batch are handled one after the other. */
  concurrency?: 'key-local' | 'commutative'
  /** False for a payload with which the handler is not called. */
  concerns?: (payload: never) => boolean
  /** True when no caller waits for the effect: an event then waits a moment for others that share its transaction. */
  linger?: boolean
}>

/** A consumer group: a module and all its subscriptions. */
export type ConsumerGroup = Readonly<{ name: string; subscriptions: readonly Subscription[] }>

/** The event types of a group, each once. */
export const typesOf = ({ subscriptions }: Pick<ConsumerGroup, 'subscriptions'>): string[] => [
  ...new Set(subscriptions.map(({ event }) => event.type)),
]

/**
 * Marks a handler that reads and writes only rows that belong to the key of its event. Events of different keys are then
 * handled concurrently, `batched` makes one statement of their queries, and two batches may run at the same time. An event
 * of the same module whose handler has no such mark runs while no batch does.
 */
export const keyLocal = (subscription: Subscription): Subscription => ({ ...subscription, concurrency: 'key-local' })

/**
 * Marks a handler whose changes outside its own key commute, such as adding to a sum. Events of different keys are handled
 * concurrently in one transaction, as with `keyLocal`, but never in two: those would lock the same rows in different orders.
 * A batch has at most one event of each key, so all its handlers run in step, and one `batched` statement locks the shared
 * rows in one order.
 */
export const commutative = (subscription: Subscription): Subscription => ({
  ...subscription,
  concurrency: 'commutative',
})

/** The types whose events may wait for others. */
export const lingeringTypes = (subscriptions: readonly Subscription[]): string[] => {
  const urgent = new Set(subscriptions.filter(({ linger }) => !linger).map(({ event }) => event.type))
  return typesOf({ subscriptions }).filter((type) => !urgent.has(type))
}

/** True when handlers of different keys change the same rows. */
export const sharesRows = (subscriptions: readonly Subscription[]): boolean =>
  subscriptions.some(({ concurrency }) => concurrency === 'commutative')

/** The types with a handler that has no mark: it may change rows of other keys, in any order. */
export const exclusiveTypes = (subscriptions: readonly Subscription[]): string[] =>
  subscriptions.filter(({ concurrency }) => concurrency === undefined).map(({ event }) => event.type)

type EnvelopeOf<Definition> = EventEnvelope<PayloadOf<Definition>>
/** A handler of an event definition: `Handler<typeof orderCreated>`. */
export type Handler<Definition> = (tx: AnyTx, event: EnvelopeOf<Definition>) => Promise<void>
type PreparedHandler<Definition, Prepared> = Readonly<{
  /**
   * Calls other systems, outside any transaction. Must be safe to repeat. Throws `Unavailable` when a system does not
   * answer. `signal` aborts after the time limit (15 s) and when the consumer stops; the result is then dropped.
   */
  prepare: (event: EnvelopeOf<Definition>, signal: AbortSignal) => Promise<Prepared>
  /** Writes, with the result of `prepare`. */
  handle: (tx: AnyTx, event: EnvelopeOf<Definition>, prepared: Prepared) => Promise<void>
}>

type Options<Definition> = Readonly<{
  /**
   * Whether the handler is called with a payload. It decides from the payload, or from what events before it in the log
   * have changed: it is called in the order of the log, when the event is read, and again before the handler. An event that
   * concerns no handler of the group costs no transaction and no row of the inbox.
   */
  concerns?: (payload: PayloadOf<Definition>) => boolean
  /** An event waits up to 50 ms for others, which then share its transaction. For effects that no caller waits for. */
  linger?: boolean
}>

/**
 * Subscribes a module to `event`. The handler writes in the transaction that marks the event as handled. A handler that
 * needs another system passes `{ prepare, handle }`: `prepare` calls the system, `handle` writes. A handler throws when it
 * cannot proceed yet; the event is then tried again. It has 15 s, after which its transaction is rolled back.
 */
// oxlint-disable-next-line no-explicit-any -- any version of any event
export function subscribe<Definition extends EventDefinition<any, any>, Prepared = undefined>(
  event: Definition,
  handler: Handler<Definition> | PreparedHandler<Definition, Prepared>,
  options: Options<Definition> = {},
): Subscription {
  const handlers = typeof handler === 'function' ? { handle: handler } : handler
  return { event, ...handlers, ...options } as Subscription
}
