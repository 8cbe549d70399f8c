import { sql } from 'kysely'
import { gathered, sideBySide, transaction, type AnyTx, type Db } from '#platform/db'
import { crashpoint } from '#platform/faults'
import { onTrail } from '#platform/telemetry'
import { Unhearable } from './failure.ts'
import type { Hear } from './hear.ts'
import { toHeard, type LoggedEvent } from './logged-event.ts'
import type { Permits } from './permits.ts'

/** A consumer group: a module and everything it hears. */
export type Group = Readonly<{ name: string; hears: readonly Hear[] }>

/** The hears of a group by event type; several may listen to the same. */
export type HearsByType = ReadonlyMap<string, readonly Hear[]>

export const byType = (hears: readonly Hear[]): HearsByType => Map.groupBy(hears, (hear) => hear.event.type)

/** Says why nobody can hear `event`; undefined when somebody can. */
export function faultIn(event: LoggedEvent, hears: HearsByType): Unhearable | undefined {
  const definition = hears.get(event.type)?.[0]?.event
  if (!definition) return new Unhearable('unknown-type', `Nothing in this group hears ${event.type}`)
  const fault = definition.faultOf(event.data)
  return fault === undefined ? undefined : new Unhearable('malformed', `${event.type}: ${fault}`)
}

/** What hearers learned outside before they write, by event and in the order of its listeners. */
export type Facts = ReadonlyMap<LoggedEvent, readonly unknown[]>

/**
 * Asks what must be asked outside of any transaction. An event that was heard already asks nothing: one that is told again
 * under its id would ask for what has been decided since.
 */
export async function askFirst({ db, group, hears }: Hearing, event: LoggedEvent): Promise<readonly unknown[]> {
  const listeners = hears.get(event.type) ?? []
  if (!listeners.some(({ ask }) => ask) || (await isHeard(db, { group, event_id: event.event_id }))) return []
  const askAll = () => Promise.all(listeners.map(async (hear) => await hear.ask?.(toHeard(event, hear.event))))
  return await onTrail(trailOf(event), askAll)
}

/** Asks first, then hears one event; `also` joins its transaction. */
export async function hearOne(
  hearing: Hearing,
  event: LoggedEvent,
  also?: (tx: AnyTx) => Promise<void>,
): Promise<Tally> {
  const facts = new Map([[event, await askFirst(hearing, event)]])
  const keep = async (tx: AnyTx) => {
    const tally = await keepFresh(tx, { ...hearing, facts }, [event])
    await also?.(tx)
    return tally
  }
  return await hearing.permits.run(() => transaction(hearing.db, keep))
}

/**
 * Hears events of which everything is asked, in the order of `events`, in one transaction: all of them or none. The
 * caller has the permit already, so that it picks its events when a connection is free and not before.
 */
export const hearTogether = (hearing: Hearing, events: readonly LoggedEvent[], facts: Facts): Promise<Tally> =>
  transaction(hearing.db, (tx) => keepFresh(tx, { ...hearing, facts }, events))

/** Who hears, and with what; `permits` bounds the connections that hearers of all groups hold. */
export type Hearing = Readonly<{ db: Db; group: string; hears: HearsByType; permits: Permits }>
/** `time` is what the hearers took, in milliseconds, without opening and closing the transaction. */
export type Tally = Readonly<{ heard: number; duplicates: number; time: number }>

async function keepFresh(
  tx: AnyTx,
  { group, hears, facts }: Pick<Hearing, 'group' | 'hears'> & { facts: Facts },
  events: readonly LoggedEvent[],
): Promise<Tally> {
  const fresh = await enterInbox(tx, group, events)
  const heard = fresh.size
  const started = performance.now()
  // An event told twice with the same id may be twice in a batch.
  const first = events.filter(({ event_id }) => fresh.delete(event_id))
  const keepAll = async (tx: AnyTx, line: readonly LoggedEvent[]) => {
    for (const event of line) {
      for (const [i, hear] of (hears.get(event.type) ?? []).entries()) {
        await onTrail(trailOf(event), () => hear.keep(tx, toHeard(event, hear.event), facts.get(event)?.[i]))
      }
    }
  }
  if (first.every(({ type }) => hears.get(type)?.every(({ beside }) => beside))) {
    const lines = Map.groupBy(first, ({ partition_key }) => partition_key).values()
    await sideBySide(
      tx,
      Array.from(lines, (line) => (tx) => keepAll(tx, line)),
    )
  } else await keepAll(tx, first)
  crashpoint('events.before-commit')
  return { heard, duplicates: events.length - heard, time: performance.now() - started }
}

/** The ids among `events` that this group has not heard; they count as heard once `tx` commits. */
async function enterInbox(tx: AnyTx, group: string, events: readonly LoggedEvent[]): Promise<Set<string>> {
  const ids = events.map(({ event_id }) => event_id)
  const { rows } = await sql<{ event_id: string }>`
    insert into msg.inbox (grp, event_id) select ${group}, event_id from unnest(${ids}::uuid[]) as told(event_id)
    on conflict do nothing returning event_id
  `.execute(tx)
  return new Set(rows.map(({ event_id }) => event_id))
}

type Message = Readonly<{ group: string; event_id: string }>

/** Whether the inbox of a group has an event: one question for all who ask at once. */
export const isHeard = gathered<Message, boolean, Db>(async (db, messages) => {
  const { rows } = await sql<{ heard: boolean }>`
    select exists (select from msg.inbox i where i.grp = asked.grp and i.event_id = asked.event_id) as heard
    from unnest(${messages.map(({ group }) => group)}::text[], ${messages.map(({ event_id }) => event_id)}::uuid[])
      with ordinality as asked(grp, event_id, place) order by place
  `.execute(db)
  return rows.map(({ heard }) => heard)
})

const trailOf = ({ correlation_id, event_id, traceparent }: LoggedEvent) => ({
  correlation_id,
  causation_id: event_id,
  traceparent: traceparent ?? undefined,
})
