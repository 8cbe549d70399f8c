import type { Pool } from 'pg'
import type { Checkpoint } from './checkpoint.ts'
import type { LogGroup } from './group-types.ts'
import type { LogConnection } from './log-connection.ts'

/**
 * The state of a group when this process becomes its leader. `crashes` counts the leaders lost since its last progress that
 * have not come back: a process that only lost its connection does not count once it has connected again.
 */
export type Lead = Readonly<{ epoch: number; checkpoint: Checkpoint; crashes: number }>

const lead = `
  insert into platform.consumer (consumer_group, owner, types, epoch) values ($1, $2, $3, 1)
  on conflict (consumer_group) do update set
    owner = excluded.owner, epoch = consumer.epoch + 1, updated_at = now(),
    lost_leaders = case when consumer.owner is null then consumer.lost_leaders else consumer.lost_leaders || consumer.owner end
  where consumer.types <@ excluded.types
  returning epoch, cardinality(lost_leaders) as crashes, snapshot::text as snapshot, open_window::text as open_window, position`

type LeadRow = Readonly<{ epoch: number; crashes: number }> & Checkpoint

/** Raises the epoch of a group in the name of its new leader. Undefined when the leader does not handle all its types. */
export async function raiseEpoch(log: LogConnection, { name, types }: LogGroup, id: string): Promise<Lead | undefined> {
  const [row] = await log.query<LeadRow>('log-lead', lead, [name, id, types])
  if (!row) return undefined
  const { epoch, crashes, ...checkpoint } = row
  return { epoch, crashes, checkpoint }
}

const otherLeaders = 'select exists (select from platform.consumer where owner <> $1) as lead'

/** True while another process than `id` is named as the leader of a group. */
export async function othersLead(log: LogConnection, id: string): Promise<boolean> {
  const [row] = await log.query<{ lead: boolean }>('log-others', otherLeaders, [id])
  return row?.lead ?? true
}

/* The process leads no group yet. Where it is still named as a leader, it lost its connection and did not die. */
const comeBack = `
  update platform.consumer set owner = nullif(owner, $1), lost_leaders = array_remove(lost_leaders, $1),
    isolated_event_id = case when isolated_by = $1 then null else isolated_event_id end, isolated_by = nullif(isolated_by, $1)
  where owner = $1 or isolated_by = $1 or $1 = any(lost_leaders)`

/** Says that the process `id` lives, and leads no group. */
export const reportAlive = async (log: LogConnection, id: string): Promise<unknown> =>
  await log.query('log-return', comeBack, [id])

/** The same without the connection to the log, by a process that stops. */
export const reportAliveByPool = async (pool: Pool, id: string): Promise<unknown> => await pool.query(comeBack, [id])
