import type { LogConnection } from './log-connection.ts'
import { eventColumns, type LoggedEvent } from './logged-event.ts'

/*
 * Why windows between two snapshots, ordered by id: ids are handed out before commits, so `id > last` loses half of the
 * events under load; and transaction ids are handed out before row locks are got, so ordering by them inverts a tenth of
 * the events of a hot aggregate. What a later snapshot sees and an earlier one did not has been committed in between
 * (PgQ's algorithm), and within an aggregate ids follow commits because `tell` comes after its lock.
 */

/** What came into sight since `snap`: transactions that began after it, and those that were under way in it. */
const since = (columns: string) => `
  select ${columns} from platform.event e where e.tx >= pg_snapshot_xmax($1::pg_snapshot) and e.type = any($2::text[])
  union all
  select ${columns} from platform.event e
  where e.tx = any(array(select pg_snapshot_xip($1::pg_snapshot))) and e.type = any($2::text[])`

const newest = `
  select now.open_window, q.* from (select pg_current_snapshot()::text as open_window) now left join lateral
    (select * from (${since(`${eventColumns}, e.tx`)}) q
     where q.tx < pg_snapshot_xmax(pg_current_snapshot()) order by q.id limit $3) q on true
  order by q.id`

const between = `
  select q.* from (${since(`${eventColumns}, e.tx`)}) q
  where pg_visible_in_snapshot(q.tx, $4::pg_snapshot) order by q.id limit $3`

const extent = `
  select min(q.id) as first, max(q.id) as last from (${since('e.id, e.tx')}) q
  where pg_visible_in_snapshot(q.tx, $3::pg_snapshot)`

const page = `
  select ${eventColumns} from platform.event e
  where e.id > $4 and e.id <= $5 and e.type = any($2::text[])
    and not pg_visible_in_snapshot(e.tx, $1::pg_snapshot) and pg_visible_in_snapshot(e.tx, $3::pg_snapshot)
  order by e.id limit $6`

const foreign = `
  select exists (select from platform.event where tx >= pg_snapshot_xmax(pg_current_snapshot())) as foreign`

export type Newest = Readonly<{ open_window: string; events: readonly LoggedEvent[] }>

/** The events of `types` that have come into sight since `snap`, at most `most`, and the snapshot that sees them. */
export async function readNewest(
  log: LogConnection,
  { snapshot, types, most }: Readonly<{ snapshot: string; types: readonly string[]; most: number }>,
): Promise<Newest> {
  const rows = await log.query<LoggedEvent & { open_window: string }>('log-newest', newest, [snapshot, types, most])
  const open_window = rows[0]?.open_window ?? snapshot
  return { open_window, events: rows[0]?.id == null ? [] : rows }
}

export type Window = Readonly<{ snapshot: string; open_window: string; types: readonly string[] }>

/** The events of a window, at most `most`. */
export const readBetween = (
  log: LogConnection,
  { snapshot, open_window, types }: Window,
  most: number,
): Promise<LoggedEvent[]> => log.query<LoggedEvent>('log-between', between, [snapshot, types, most, open_window])

/** The first and last id in a window, undefined when it is empty. */
export async function extentOf(
  log: LogConnection,
  { snapshot, open_window, types }: Window,
): Promise<{ first: number; last: number } | undefined> {
  const [row] = await log.query<{ first: number | null; last: number | null }>('log-extent', extent, [
    snapshot,
    types,
    open_window,
  ])
  return row?.first == null || row.last == null ? undefined : { first: row.first, last: row.last }
}

/**
 * A page of a window: at most `most` events with ids above `after` up to `upTo`. It reads the primary key in order, so that
 * a backlog of any length costs as much per page as a short one, with no cursor holding back vacuum between pages.
 */
export const readPage = (
  log: LogConnection,
  { snapshot, open_window, types }: Window,
  { after, upTo, most }: Readonly<{ after: number; upTo: number; most: number }>,
): Promise<LoggedEvent[]> => log.query<LoggedEvent>('log-page', page, [snapshot, types, open_window, after, upTo, most])

/** True when the log holds events from the future: it was restored from another cluster without `restoreHook`. */
export async function isForeign(log: LogConnection): Promise<boolean> {
  const [row] = await log.query<{ foreign: boolean }>('log-foreign', foreign, [])
  return row?.foreign ?? false
}

/** The snapshot of now. */
export async function currentSnapshot(log: LogConnection): Promise<string> {
  const [row] = await log.query<{ open_window: string }>(
    'log-now',
    'select pg_current_snapshot()::text as open_window',
    [],
  )
  if (!row) throw new Error('No snapshot')
  return row.open_window
}
