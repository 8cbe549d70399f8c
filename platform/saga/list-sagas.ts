import { sql } from 'kysely'
import type { Db } from '#platform/db'
import { InvalidPage, maxCounted, notFound, pageOf, type ItemPage, type NotFound, type Window } from '#platform/outcome'
import { isId } from '#platform/values'

/** `needs_operator`: no answer came and the saga has no step for that. The last two are ends. */
export const sagaStatuses = ['running', 'needs_operator', 'completed', 'compensated'] as const
type SagaStatus = (typeof sagaStatuses)[number]

/** An instance of a saga as an operator sees it. */
export type SagaInstance = Readonly<{
  type: string
  /** The id of its aggregate, such as the order. */
  key: string
  state: string
  status: SagaStatus
  /** Why it compensates; null while it goes forward. */
  reason: string | null
  /** How often the commands of this state were published again. */
  resends: number
  timeout_at: Date | null
  started_at: Date
  last_progress_at: Date
}>

/** A trigger that an instance got, and the step that it caused. */
export type SagaHistoryEntry = Readonly<{
  version: number
  trigger: string
  from_state: string | null
  /** Null when the trigger changed nothing. */
  to_state: string | null
  effects: readonly string[]
  event_id: string | null
  at: Date
}>

const columns = sql.raw('type, key, state, status, reason, resends, timeout_at, started_at, last_progress_at')
/** The newest entries that an operator reads: a saga whose command is resent each minute has thousands. */
const maxEntries = 500

type Filter = Readonly<{
  type?: string | undefined
  state?: string | undefined
  status?: SagaStatus | undefined
  window: Window
}>

/** Lists the instances of sagas by type and key; without a status only those that have not ended. */
export async function listSagas(db: Db, { type, state, status, window }: Filter): Promise<ItemPage<SagaInstance>> {
  const after = positionOf(window)
  const statuses = status === undefined ? ['running', 'needs_operator'] : [status]
  const matching = sql`status = any(${statuses})
    ${type === undefined ? sql`` : sql`and type = ${type}`} ${state === undefined ? sql`` : sql`and state = ${state}`}`
  const { rows: items } = await sql<SagaInstance>`
    select ${columns} from platform.saga where ${matching}
      ${after ? sql`and (type, key) > (${after.type}, ${after.key}::uuid)` : sql``}
    order by type, key limit ${window.limit + 1} offset ${window.offset}
  `.execute(db)
  const { rows } = await sql<{ total: number }>`
    select count(*)::int as total from (select from platform.saga where ${matching} limit ${maxCounted + 1}) counted
  `.execute(db)
  return pageOf({ items, counted: rows[0]?.total ?? 0, window, cursorOf: (last) => [last.type, last.key] })
}

/** Where a list goes on. Throws `InvalidPage` for a cursor of another list. */
function positionOf({ cursor }: Window): Readonly<{ type: string; key: string }> | undefined {
  if (cursor === undefined) return undefined
  const [type = '', key = ''] = cursor.map(String)
  if (cursor.length !== 2 || !isId(key)) throw new InvalidPage('bad-cursor')
  return { type, key }
}

/** One instance with its history, oldest first: the newest 500 entries. */
export async function showSaga(
  db: Db,
  { type, key }: Readonly<{ type: string; key: string }>,
): Promise<(SagaInstance & Readonly<{ history: readonly SagaHistoryEntry[] }>) | NotFound> {
  const { rows } = await sql<SagaInstance>`
    select ${columns} from platform.saga where type = ${type} and key = ${key}
  `.execute(db)
  const [saga] = rows
  if (!saga) return notFound('saga')
  const { rows: history } = await sql<SagaHistoryEntry>`
    select version, trigger, from_state, to_state, effects, event_id, at from platform.saga_step
    where type = ${type} and key = ${key} order by id desc limit ${maxEntries}
  `.execute(db)
  return { ...saga, history: history.toReversed() }
}
