import { sql } from 'kysely'
import type { AnyTx, Db } from '#platform/db'

/** The group under which messages of unknown types are parked. It handles nothing and has no checkpoint. */
export const ingestGroup = 'ingest'

/** An event of another service. */
export type RemoteEvent = Readonly<{
  event_id: string
  /** Its position in the log of that service. */
  publication: string
  type: string
  source: string
  key: string
  correlation_id: string
  causation_id?: string | undefined
  traceparent?: string | undefined
  occurred_at: string
  data: Readonly<Record<string, unknown>>
}>

/** An event that this log did not have. */
export type IngestedEvent = Readonly<{ id: number; day: string; event_id: string; type: string; partition_key: string }>

/**
 * Appends events of other services in their order, except those that it has. Two processes may have the same message for a
 * moment: the second one waits for the first. A service of the same database shares the log, so its events are in it.
 */
export async function ingestEvents(tx: AnyTx, events: readonly RemoteEvent[]): Promise<readonly IngestedEvent[]> {
  const once = new Map(events.map((event) => [`${event.event_id} ${event.publication}`, event]))
  const { rows } = await sql<IngestedEvent>`
    with received as (
      select * from rows from (jsonb_to_recordset(${JSON.stringify([...once.values()])}::jsonb) as (
        event_id uuid, publication bigint, type text, source text, key text, correlation_id uuid, causation_id uuid,
        traceparent text, occurred_at timestamptz, data jsonb)) with ordinality as r(
        event_id, publication, type, source, key, correlation_id, causation_id, traceparent, occurred_at, data, place)),
    fresh as (
      insert into platform.ingested (event_id, publication)
      select event_id, publication from received order by event_id, publication
      on conflict do nothing returning event_id, publication)
    insert into platform.event
      (event_id, type, source, subject, partition_key, correlation_id, causation_id, traceparent, occurred_at, data, ingested)
    select event_id, type, source, key, key, correlation_id, causation_id, traceparent, occurred_at, data, true
    from received join fresh using (event_id, publication)
    where not exists (select from platform.event
      where event.event_id = received.event_id and event.id = received.publication and not event.ingested)
    order by place
    returning id, day::text as day, event_id, type, partition_key
  `.execute(tx)
  return rows
}

/** The types that some release of this service has registered for its groups. */
export async function registeredTypes(tx: AnyTx): Promise<ReadonlySet<string>> {
  const { rows } = await sql<{ type: string }>`
    select distinct unnest(types) as type from platform.consumer
  `.execute(tx)
  return new Set(rows.map(({ type }) => type))
}

/** Parks events whose type no release of this service knows, until one does. */
export async function parkUnknown(tx: AnyTx, events: readonly IngestedEvent[]): Promise<void> {
  if (events.length === 0) return
  await sql`
    insert into platform.parked (consumer_group, event_id, position, day, partition_key, type, next_at, error_code, error)
    select ${ingestGroup}, event_id, id, day, partition_key, type, 'infinity', 'unknown-type', 'No module knows ' || type
    from jsonb_to_recordset(${JSON.stringify(events)}::jsonb) as unknown(
      event_id uuid, id bigint, day date, partition_key text, type text)
    on conflict do nothing
  `.execute(tx)
}

/**
 * Appends the parked events of these types to the log once more, in their order: this release knows them. Returns their
 * number.
 */
export async function releaseKnown(db: Db, types: readonly string[]): Promise<number> {
  const { numAffectedRows } = await sql`
    with known as (
      delete from platform.parked where consumer_group = ${ingestGroup} and type = any(${types}::text[]) returning position, day)
    insert into platform.event
      (event_id, type, source, subject, partition_key, correlation_id, causation_id, traceparent, occurred_at, data, ingested)
    select event_id, type, source, subject, partition_key, correlation_id, causation_id, traceparent, occurred_at, data, ingested
    from platform.event join known on event.id = known.position and event.day = known.day order by event.id
  `.execute(db)
  return Number(numAffectedRows ?? 0n)
}

/** Messages of other services whose type no release of this one knows. They wait for a release that does. */
export type UnknownType = Readonly<{ event_type: string; messages: number; oldest_at: Date }>

/** The unknown types among the parked messages, with their numbers. */
export async function unknownTypes(db: Db): Promise<readonly UnknownType[]> {
  const { rows } = await sql<UnknownType>`
    select type as event_type, count(*)::int as messages, min(first_failed_at) as oldest_at from platform.parked
    where consumer_group = ${ingestGroup} and state <> 'skipped' group by type order by type
  `.execute(db)
  return rows
}
