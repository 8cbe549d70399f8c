import { sql } from 'kysely'
import { transaction, type Db } from '#platform/db'
import type { Hear, Heard } from '#platform/events'
import type { Module } from '#platform/module'
import { onTrail } from '#platform/telemetry'

/** A hearer that threw. */
export type HearFault = Readonly<{ module: string; event: Heard; error: unknown }>

type Hearing = Pick<Module, 'name' | 'hears'>

/**
 * Hands every event of the log to the hears of `modules`, oldest first, through the inbox, until nothing new is told.
 * Throws what a hearer throws. With `collect` it goes on with other keys, as the consumer does, and returns the faults.
 */
export async function deliverEvents(
  db: Db,
  modules: readonly Hearing[],
  { collect = false }: { collect?: boolean } = {},
): Promise<HearFault[]> {
  const faults: HearFault[] = []
  let heard: number
  do {
    heard = 0
    for (const { name, hears = [] } of modules) {
      const failing = new Set(faults.filter(({ module }) => module === name).map(({ event }) => event.metadata.key))
      for (const event of await unheard(db, name, hears)) {
        if (failing.has(event.metadata.key)) continue
        try {
          await hearOnce(db, { name, hears }, event)
          heard++
        } catch (error) {
          if (!collect) throw error
          faults.push({ module: name, event, error })
          failing.add(event.metadata.key)
        }
      }
    }
  } while (heard > 0)
  return faults
}

type Row = Readonly<{
  event_id: string
  type: string
  source: string
  partition_key: string
  correlation_id: string
  causation_id: string | null
  traceparent: string | null
  occurred_at: Date
  data: unknown
}>

async function unheard(db: Db, group: string, hears: readonly Hear[]): Promise<Heard[]> {
  const aliases = new Map(hears.map(({ event }) => [event.type, event.alias]))
  const { rows } = await sql<Row>`
    select * from msg.event
    where type = any(${[...aliases.keys()]}) and not exists
      (select from msg.inbox where inbox.grp = ${group} and inbox.event_id = event.event_id)
    order by id
  `.execute(db)
  return rows.map((row) => ({
    event_id: row.event_id,
    event_type: row.type,
    timestamp: row.occurred_at.toISOString(),
    service: row.source,
    payload: row.data,
    metadata: {
      key: row.partition_key,
      correlation_id: row.correlation_id,
      causation_id: row.causation_id ?? undefined,
      traceparent: row.traceparent ?? undefined,
      alias: aliases.get(row.type),
    },
  }))
}

async function hearOnce(db: Db, { name, hears = [] }: Hearing, event: Heard): Promise<void> {
  const { correlation_id, traceparent } = event.metadata
  const concerned = hears.filter((each) => each.event.type === event.event_type)
  const heard = event as Heard<never>
  await onTrail({ correlation_id, causation_id: event.event_id, traceparent }, async () => {
    const asked: unknown[] = []
    for (const { ask } of concerned) asked.push(await ask?.(heard))
    await transaction(db, async (tx) => {
      const { numAffectedRows } = await sql`
        insert into msg.inbox (grp, event_id) values (${name}, ${event.event_id}) on conflict do nothing
      `.execute(tx)
      if (numAffectedRows === 0n) return
      for (const [i, { keep }] of concerned.entries()) await keep(tx, heard, asked[i])
    })
  })
}
