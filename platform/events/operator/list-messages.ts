import { sql } from 'kysely'
import type { Db } from '#platform/db'
import { InvalidPage, maxCounted, pageOf, windowOf, type ItemPage, type Window } from '#platform/outcome'
import { isId } from '#platform/values'

/** `retry` is tried again, `behind` waits for an earlier message of its key, `dead` for an operator; `skipped` is over. */
export const messageStates = ['retry', 'behind', 'dead', 'skipped'] as const
type MessageState = (typeof messageStates)[number]

/** A message that was set aside, with the facts that an operator needs to decide about it. */
export type ParkedMessage = Readonly<{
  group: string
  event_id: string
  event_type: string
  key: string
  state: MessageState
  attempts: number
  /** Null for a message that waits for a release that knows its type. */
  next_at: Date | null
  error_code: string | null
  error: string | null
  first_failed_at: Date
  /** Messages of the same key that wait behind it. */
  held_up: number
  /** Null, like the next two, when the log no longer has the event. */
  occurred_at: Date | null
  payload: unknown
  correlation_id: string | null
  traceparent: string | null
}>

type Filter = Readonly<{
  group?: string | undefined
  type?: string | undefined
  state?: MessageState | undefined
  window: Window
}>

/** Lists the messages that are set aside, the oldest failures first; without a state all but the skipped ones. */
export async function listMessages(db: Db, { group, type, state, window }: Filter): Promise<ItemPage<ParkedMessage>> {
  const after = positionOf(window)
  const matching = sql`
    ${state === undefined ? sql`parked.state <> 'skipped'` : sql`parked.state = ${state}`}
    ${group === undefined ? sql`` : sql`and parked.consumer_group = ${group}`}
    ${type === undefined ? sql`` : sql`and parked.type = ${type}`}`
  const { rows } = await sql<ParkedMessage & { failed_at: string }>`
    select parked.consumer_group as group, parked.event_id, parked.type as event_type, parked.partition_key as key, parked.state, parked.attempts,
      nullif(parked.next_at, 'infinity') as next_at, parked.error_code, parked.error, parked.first_failed_at,
      to_char(parked.first_failed_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as failed_at, event.occurred_at, event.data as payload, event.correlation_id, event.traceparent,
      (select count(*)::int from platform.parked behind where behind.consumer_group = parked.consumer_group
        and behind.partition_key = parked.partition_key and behind.state = 'behind' and behind.position > parked.position) as held_up
    from (
      select * from platform.parked where ${matching}
        ${after ? sql`and (parked.first_failed_at, parked.event_id, parked.consumer_group) > (${after.at}::timestamptz, ${after.event_id}::uuid, ${after.group})` : sql``}
      order by parked.first_failed_at, parked.event_id, parked.consumer_group limit ${window.limit + 1} offset ${window.offset}) parked
    left join platform.event on event.id = parked.position and event.day = parked.day
    order by parked.first_failed_at, parked.event_id, parked.consumer_group
  `.execute(db)
  const { rows: counted } = await sql<{ total: number }>`
    select count(*)::int as total from (select from platform.parked where ${matching} limit ${maxCounted + 1}) counted
  `.execute(db)
  const page = pageOf({
    items: rows,
    counted: counted[0]?.total ?? 0,
    window,
    cursorOf: ({ failed_at, event_id, group: own }) => [failed_at, event_id, own],
  })
  return { ...page, items: page.items.map(({ failed_at: _, ...message }) => message) }
}

/** The dead messages of one group or of all, the oldest failures first: at most `limit`, and their total. */
export const deadMessages = (
  db: Db,
  { group, limit = 20 }: Readonly<{ group?: string | undefined; limit?: number }> = {},
): Promise<ItemPage<ParkedMessage>> =>
  listMessages(db, { group, state: 'dead', window: windowOf({ page_size: limit }) })

/** Where a list goes on. Throws `InvalidPage` for a cursor of another list. */
function positionOf({ cursor }: Window): Readonly<{ at: string; event_id: string; group: string }> | undefined {
  if (cursor === undefined) return undefined
  const [at = '', event_id = '', group = ''] = cursor.map(String)
  if (cursor.length !== 3 || !isMoment(at) || !isId(event_id)) throw new InvalidPage('bad-cursor')
  return { at, event_id, group }
}

/** True for a time with microseconds that exists: PostgreSQL refuses the 30th of February. */
const isMoment = (text: string): boolean =>
  /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/.test(text) &&
  !Number.isNaN(Date.parse(text)) &&
  new Date(text).toISOString().slice(0, 19) === text.slice(0, 19)
