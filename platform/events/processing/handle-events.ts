import { inTime } from '#platform/circuit'
import { concurrently, transaction, type AnyTx, type Db } from '#platform/db'
import { Unavailable } from '#platform/outcome'
import type { Semaphore } from '#platform/semaphore'
import { createdAtOf, seconds } from '#platform/values'
import { crashPoint } from '../crash-points.ts'
import { toEnvelope, type LoggedEvent } from '../log/logged-event.ts'
import { Undeliverable } from '../parking/failure.ts'
import type { LogSettings } from '../settings.ts'
import type { Subscription } from '../subscribe.ts'
import { enterInbox, isHandled } from './inbox.ts'
import { inSpanOf, inSpanOfBatch } from '../spans.ts'

/** The subscriptions of a group by event type; several may share a type. */
export type SubscriptionsByType = ReadonlyMap<string, readonly Subscription[]>

export const byType = (subscriptions: readonly Subscription[]): SubscriptionsByType =>
  Map.groupBy(subscriptions, ({ event }) => event.type)

/** The group, its subscriptions and its database; `semaphore` bounds the connections that all groups hold. */
export type HandlerContext = Readonly<{
  db: Db
  group: string
  subscriptions: SubscriptionsByType
  semaphore: Semaphore
  limits: HandlerLimits
}>

/** The time of handlers. `signal` aborts when the group is abandoned: what is still at work is rolled back. */
type HandlerLimits = Pick<LogSettings, 'prepareTimeLimit' | 'handlerTimeLimit'> & Readonly<{ signal?: AbortSignal }>

/** The number of handled events and duplicates; `time` is the handlers' time in milliseconds, without begin and commit. */
export type Tally = Readonly<{ handled: number; duplicates: number; time: number }>

/** The results of `prepare`, by event and in the order of its subscriptions. */
export type Prepared = ReadonlyMap<LoggedEvent, readonly unknown[]>

/** Why no handler can receive `event`; undefined when one can. */
export function whyUndeliverable(event: LoggedEvent, subscriptions: SubscriptionsByType): Undeliverable | undefined {
  const definition = subscriptions.get(event.type)?.[0]?.event
  if (!definition) return new Undeliverable('unknown-type', `The group has no subscription to ${event.type}`)
  const issue = definition.issueOf(event.data)
  return issue === undefined ? undefined : new Undeliverable('malformed', `${event.type}: ${issue}`)
}

const concernsHandler = ({ concerns }: Subscription, event: LoggedEvent): boolean =>
  concerns === undefined || concerns(event.data as never)

/** False for an event that a group can handle, and that concerns none of its handlers. */
export const concernsGroup = (event: LoggedEvent, subscriptions: SubscriptionsByType): boolean => {
  const own = subscriptions.get(event.type) ?? []
  if (own.some(({ concerns }) => !concerns) || whyUndeliverable(event, subscriptions)) return true
  return own.some((subscription) => concernsHandler(subscription, event))
}

/** Milliseconds from the creation of an id to its publication after which the event may have been published before. */
const firstPublication = seconds(1)

/**
 * True for an event that a saga may have published again: the id of the command is older than this publication. Only
 * these events are looked up before they are prepared; one statement for each event would double the delay of a saga.
 */
function isRepublished({ event_id, occurred_at }: LoggedEvent): boolean {
  const createdAt = createdAtOf(event_id)
  return !createdAt || occurred_at.getTime() - createdAt.getTime() > firstPublication
}

/**
 * Runs the `prepare` functions of an event, outside any transaction. A handled event prepares nothing: its repetition
 * under the same id would act on what has been decided since.
 */
export async function prepareEvent(
  { db, group, subscriptions, limits }: HandlerContext,
  event: LoggedEvent,
): Promise<readonly unknown[]> {
  const own = subscriptions.get(event.type) ?? []
  if (!own.some(({ prepare }) => prepare)) return []
  if (isRepublished(event) && (await isHandled(db, { group, event_id: event.event_id }))) return []
  const prepareAll = (signal: AbortSignal) =>
    Promise.all(
      own.map(async (subscription) =>
        concernsHandler(subscription, event)
          ? await subscription.prepare?.(toEnvelope(event, subscription.event), signal)
          : undefined,
      ),
    )
  const { prepareTimeLimit: timeLimit, signal } = limits
  const tooLate = () => new Unavailable(`A system that ${group} calls for ${event.type}`)
  return await inSpanOf(event, { operation: 'prepare', group }, () =>
    inTime(prepareAll, { timeLimit, tooLate, signal }),
  )
}

/** Prepares and handles one event; `also` runs in the same transaction. */
export async function handleOne(
  context: HandlerContext,
  event: LoggedEvent,
  also?: (tx: AnyTx) => Promise<void>,
): Promise<Tally> {
  const prepared = new Map([[event, await prepareEvent(context, event)]])
  const handle = async (tx: AnyTx) => {
    const tally = await handleNew(tx, { ...context, prepared }, [event])
    await also?.(tx)
    return tally
  }
  return await context.semaphore.run(() =>
    inSpanOfBatch(`batch ${context.group}`, [event], () => transactionInTime(context, handle)),
  )
}

/**
 * Handles prepared events in the order of `events`, in one transaction: all of them or none. The caller holds a permit of
 * the semaphore already, because it selects the events when a connection is free and not before.
 */
export const handleBatch = (
  context: HandlerContext,
  events: readonly LoggedEvent[],
  prepared: Prepared,
): Promise<Tally> =>
  inSpanOfBatch(`batch ${context.group}`, events, () =>
    transactionInTime(context, (tx) => handleNew(tx, { ...context, prepared }, events)),
  )

/**
 * A transaction that is rolled back when its handlers do not end in time. PostgreSQL frees the locks of a session that is
 * idle for 15 s, but a handler that waits for something else would keep its key and its permit for ever.
 */
const transactionInTime = <Result>(
  { db, group, limits }: HandlerContext,
  work: (tx: AnyTx) => Promise<Result>,
): Promise<Result> => {
  const { handlerTimeLimit: timeLimit, signal } = limits
  const tooLate = () => new Error(`The handlers of ${group} did not end within ${timeLimit} ms`)
  return transaction(db, (tx) => inTime(() => work(tx), { timeLimit, tooLate, signal }))
}

type BatchContext = Pick<HandlerContext, 'group' | 'subscriptions'> & Readonly<{ prepared: Prepared }>

async function handleNew(tx: AnyTx, handling: BatchContext, events: readonly LoggedEvent[]): Promise<Tally> {
  const fresh = await enterInbox(tx, handling.group, events)
  const handled = fresh.size
  const started = performance.now()
  // An event that was published twice under one id may be in the batch twice.
  const once = events.filter(({ event_id }) => fresh.delete(event_id))
  const { subscriptions } = handling
  if (once.every(({ type }) => subscriptions.get(type)?.every(({ concurrency }) => concurrency))) {
    const keys = Map.groupBy(once, ({ partition_key }) => partition_key).values()
    await concurrently(
      tx,
      Array.from(keys, (ofKey) => (tx) => handleInOrder(tx, handling, ofKey)),
    )
  } else await handleInOrder(tx, handling, once)
  crashPoint('before-commit')
  return { handled, duplicates: events.length - handled, time: performance.now() - started }
}

async function handleInOrder(
  tx: AnyTx,
  { group, subscriptions, prepared }: BatchContext,
  events: readonly LoggedEvent[],
): Promise<void> {
  for (const event of events) {
    for (const [i, subscription] of (subscriptions.get(event.type) ?? []).entries()) {
      if (!concernsHandler(subscription, event)) continue
      await inSpanOf(event, { operation: 'process', group }, () =>
        subscription.handle(tx, toEnvelope(event, subscription.event), prepared.get(event)?.[i]),
      )
    }
  }
}
