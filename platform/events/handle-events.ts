import { sql } from 'kysely'
import { batched, concurrently, transaction, type AnyTx, type Db } from '#platform/db'
import { crashPoint } from './crash-points.ts'
import { withContext } from '#platform/telemetry'
import { Undeliverable } from './failure.ts'
import type { Subscription } from './subscribe.ts'
import { toEnvelope, type LoggedEvent } from './logged-event.ts'
import type { Semaphore } from './semaphore.ts'

/** A consumer group: a module and everything it hears. */
export type Group = Readonly<{ name: string; subscriptions: readonly Subscription[] }>

/** The hears of a group by event type; several may listen to the same. */
export type SubscriptionsByType = ReadonlyMap<string, readonly Subscription[]>

export const byType = (subscriptions: readonly Subscription[]): SubscriptionsByType =>
  Map.groupBy(subscriptions, (subscribe) => subscribe.event.type)

/** Says why nobody can hear `event`; undefined when somebody can. */
export function faultIn(event: LoggedEvent, subscriptions: SubscriptionsByType): Undeliverable | undefined {
  const definition = subscriptions.get(event.type)?.[0]?.event
  if (!definition) return new Undeliverable('unknown-type', `Nothing in this group hears ${event.type}`)
  const fault = definition.faultOf(event.data)
  return fault === undefined ? undefined : new Undeliverable('malformed', `${event.type}: ${fault}`)
}

/** What hearers learned outside before they write, by event and in the order of its listeners. */
export type Facts = ReadonlyMap<LoggedEvent, readonly unknown[]>

/**
 * Asks what must be asked outside of any transaction. An event that was heard already asks nothing: one that is told again
 * under its id would ask for what has been decided since.
 */
export async function prepareEvent(
  { db, group, subscriptions }: Hearing,
  event: LoggedEvent,
): Promise<readonly unknown[]> {
  const listeners = subscriptions.get(event.type) ?? []
  if (!listeners.some(({ ask }) => ask) || (await isHandled(db, { group, event_id: event.event_id }))) return []
  const askAll = () =>
    Promise.all(listeners.map(async (subscribe) => await subscribe.ask?.(toEnvelope(event, subscribe.event))))
  return await withContext(traceContextOf(event), askAll)
}

/** Asks first, then hears one event; `also` joins its transaction. */
export async function handleOne(
  hearing: Hearing,
  event: LoggedEvent,
  also?: (tx: AnyTx) => Promise<void>,
): Promise<Tally> {
  const facts = new Map([[event, await prepareEvent(hearing, event)]])
  const keep = async (tx: AnyTx) => {
    const tally = await keepFresh(tx, { ...hearing, facts }, [event])
    await also?.(tx)
    return tally
  }
  return await hearing.semaphore.run(() => transaction(hearing.db, keep))
}

/**
 * Hears events of which everything is asked, in the order of `events`, in one transaction: all of them or none. The
 * caller has the permit already, so that it picks its events when a connection is free and not before.
 */
export const handleBatch = (hearing: Hearing, events: readonly LoggedEvent[], facts: Facts): Promise<Tally> =>
  transaction(hearing.db, (tx) => keepFresh(tx, { ...hearing, facts }, events))

/** Who hears, and with what; `permits` bounds the connections that hearers of all groups hold. */
export type Hearing = Readonly<{ db: Db; group: string; subscriptions: SubscriptionsByType; semaphore: Semaphore }>
/** `time` is what the hearers took, in milliseconds, without opening and closing the transaction. */
export type Tally = Readonly<{ heard: number; duplicates: number; time: number }>

async function keepFresh(
  tx: AnyTx,
  { group, subscriptions, facts }: Pick<Hearing, 'group' | 'subscriptions'> & { facts: Facts },
  events: readonly LoggedEvent[],
): Promise<Tally> {
  const fresh = await enterInbox(tx, group, events)
  const heard = fresh.size
  const started = performance.now()
  // An event told twice with the same id may be twice in a batch.
  const first = events.filter(({ event_id }) => fresh.delete(event_id))
  const keepAll = async (tx: AnyTx, line: readonly LoggedEvent[]) => {
    for (const event of line) {
      for (const [i, subscribe] of (subscriptions.get(event.type) ?? []).entries()) {
        await withContext(traceContextOf(event), () =>
          subscribe.keep(tx, toEnvelope(event, subscribe.event), facts.get(event)?.[i]),
        )
      }
    }
  }
  if (first.every(({ type }) => subscriptions.get(type)?.every(({ beside }) => beside))) {
    const lines = Map.groupBy(first, ({ partition_key }) => partition_key).values()
    await concurrently(
      tx,
      Array.from(lines, (line) => (tx) => keepAll(tx, line)),
    )
  } else await keepAll(tx, first)
  crashPoint('before-commit')
  return { heard, duplicates: events.length - heard, time: performance.now() - started }
}

/** The ids among `events` that this group has not heard; they count as heard once `tx` commits. */
async function enterInbox(tx: AnyTx, group: string, events: readonly LoggedEvent[]): Promise<Set<string>> {
  const ids = events.map(({ event_id }) => event_id)
  const { rows } = await sql<{ event_id: string }>`
    insert into platform.inbox (consumer_group, event_id) select ${group}, event_id from unnest(${ids}::uuid[]) as told(event_id)
    on conflict do nothing returning event_id
  `.execute(tx)
  return new Set(rows.map(({ event_id }) => event_id))
}

type Message = Readonly<{ group: string; event_id: string }>

/** Whether the inbox of a group has an event: one question for all who ask at once. */
export const isHandled = batched<Message, boolean, Db>(async (db, messages) => {
  const { rows } = await sql<{ heard: boolean }>`
    select exists (select from platform.inbox i where i.consumer_group = asked.consumer_group and i.event_id = asked.event_id) as heard
    from unnest(${messages.map(({ group }) => group)}::text[], ${messages.map(({ event_id }) => event_id)}::uuid[])
      with ordinality as asked(consumer_group, event_id, place) order by place
  `.execute(db)
  return rows.map(({ heard }) => heard)
})

const traceContextOf = ({ correlation_id, event_id, traceparent }: LoggedEvent) => ({
  correlation_id,
  causation_id: event_id,
  traceparent: traceparent ?? undefined,
})
