import type { LogConnection } from './log-connection.ts'
import { eventColumns, type LoggedEvent } from './logged-event.ts'

/*
 * The log is read in windows between two snapshots, ordered by id (PgQ's algorithm). The events of a window are those that
 * the later snapshot sees and the earlier one does not: exactly those committed in between. Two simpler ways fail.
 * `id > last` loses half of the events under load, because PostgreSQL assigns ids before commits. Ordering by transaction
 * id inverts a tenth of the events of a busy aggregate, because PostgreSQL assigns transaction ids before row locks.
 * Within an aggregate ids follow commits, because `publish` comes after its lock.
 */

/** The events that became visible since $1: of transactions that began after it, and of those that ran when it was taken. */
const since = (columns: string) => `
  select ${columns} from platform.event where event.tx >= pg_snapshot_xmax($1::pg_snapshot) and event.type = any($2::text[])
  union all
  select ${columns} from platform.event
  where event.tx = any(array(select pg_snapshot_xip($1::pg_snapshot))) and event.type = any($2::text[])`

const newest = `
  select here.open_window, recent.* from (select pg_current_snapshot()::text as open_window) here left join lateral
    (select * from (${since(`${eventColumns}, event.tx`)}) recent
     where recent.tx < pg_snapshot_xmax(pg_current_snapshot()) order by recent.id limit $3) recent on true
  order by recent.id`

const between = `
  select recent.* from (${since(`${eventColumns}, event.tx`)}) recent
  where pg_visible_in_snapshot(recent.tx, $4::pg_snapshot) order by recent.id limit $3`

const extent = `
  select min(recent.id) as first, max(recent.id) as last from (${since('event.id, event.tx')}) recent
  where pg_visible_in_snapshot(recent.tx, $3::pg_snapshot)`

const page = `
  select ${eventColumns} from platform.event
  where event.id > $4 and event.id <= $5 and event.type = any($2::text[])
    and not pg_visible_in_snapshot(event.tx, $1::pg_snapshot) and pg_visible_in_snapshot(event.tx, $3::pg_snapshot)
    and not (event.type = any($8::text[])
      and exists (select from platform.inbox where inbox.consumer_group = $7 and inbox.event_id = event.event_id))
  order by event.id limit $6`

const foreign = `
  select exists (select from platform.event where tx >= pg_snapshot_xmax(pg_current_snapshot())) as foreign`

/** The events between two snapshots, of the given types. */
export type Window = Readonly<{ snapshot: string; open_window: string; types: readonly string[] }>

/** Events, and the snapshot that sees them. */
export type Newest = Readonly<{ open_window: string; events: readonly LoggedEvent[] }>

/** Reads the events that became visible since `snapshot`, at most `limit`. */
export async function readNewest(
  log: LogConnection,
  { snapshot, types, limit }: Readonly<{ snapshot: string; types: readonly string[]; limit: number }>,
): Promise<Newest> {
  const rows = await log.query<LoggedEvent & { open_window: string }>('log-newest', newest, [snapshot, types, limit])
  const open_window = rows[0]?.open_window ?? snapshot
  return { open_window, events: rows[0]?.id == null ? [] : rows }
}

/** Reads the events of a window, at most `limit`. */
export const readBetween = (
  log: LogConnection,
  { snapshot, open_window, types }: Window,
  limit: number,
): Promise<LoggedEvent[]> => log.query<LoggedEvent>('log-between', between, [snapshot, types, limit, open_window])

/** The first and the last id of a window; undefined when the window is empty. */
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
 * Reads a page of a window: at most `limit` events with ids above `after`, up to `upTo`. The page follows the primary key,
 * so its cost does not depend on the length of the backlog, and no cursor holds back vacuum between pages. A new leader
 * reads again what the last one handled after its checkpoint. The page omits handled events whose handler prepares.
 */
export const readPage = (
  log: LogConnection,
  { snapshot, open_window, types, group }: Window & Readonly<{ group: PageReader }>,
  { after, upTo, limit }: Readonly<{ after: number; upTo: number; limit: number }>,
): Promise<LoggedEvent[]> =>
  log.query<LoggedEvent>('log-page', page, [
    snapshot,
    types,
    open_window,
    after,
    upTo,
    limit,
    group.name,
    group.preparedTypes,
  ])

/** The group that reads a page, and the types whose handlers have a `prepare` function. */
type PageReader = Readonly<{ name: string; preparedTypes: readonly string[] }>

/** True when the log holds transaction ids of the future: a dump of another cluster was restored without `restoreHook`. */
export async function isForeign(log: LogConnection): Promise<boolean> {
  const [row] = await log.query<{ foreign: boolean }>('log-foreign', foreign, [])
  return row?.foreign ?? false
}

/** The current snapshot of the server. */
export async function currentSnapshot(log: LogConnection): Promise<string> {
  const [row] = await log.query<{ snapshot: string }>('log-now', 'select pg_current_snapshot()::text as snapshot', [])
  if (!row) throw new Error('PostgreSQL returned no snapshot')
  return row.snapshot
}
