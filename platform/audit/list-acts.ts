import { sql } from 'kysely'
import type { Db } from '#platform/db'
import { idAfter, maxCounted, pageOf, type ItemPage, type Window } from '#platform/outcome'
import { createdAtOf } from '#platform/values'

/** The kinds of actors. */
export const actorKinds = ['user', 'program', 'terminal'] as const

/** A recorded act. */
type AuditRecord = Readonly<{
  id: string
  at: Date
  actor: (typeof actorKinds)[number]
  actor_user_id: string | null
  actor_name: string | null
  action: string
  subject_type: string | null
  subject_id: string | null
  request_id: string | null
  details: Record<string, unknown>
}>

type Filter = Readonly<{
  actor_user_id?: string | undefined
  actor_name?: string | undefined
  action?: string | undefined
  subject_type?: string | undefined
  subject_id?: string | undefined
  from?: Date | undefined
  until?: Date | undefined
  window: Window
}>

const columns = sql.raw('id, actor, actor_user_id, actor_name, action, subject_type, subject_id, request_id, details')

/** Lists acts, newest first: a page costs the same at any depth, because the ids are in the order of time. */
export async function listActs(db: Db, { window, from, until, ...filter }: Filter): Promise<ItemPage<AuditRecord>> {
  const requested = Object.entries(filter).filter(([, value]) => value !== undefined)
  const conditions = [
    ...requested.map(([column, value]) => sql`${sql.ref(column)} = ${value}`),
    ...(from ? [sql`id >= ${firstIdAt(from)}::uuid`] : []),
    ...(until ? [sql`id < ${firstIdAt(until)}::uuid`] : []),
  ]
  const matching = sql.join([sql`true`, ...conditions], sql` and `)
  const before = idAfter(window)
  const { rows } = await sql<Omit<AuditRecord, 'at'>>`
    select ${columns} from platform.audit where ${matching} ${before === undefined ? sql`` : sql`and id < ${before}::uuid`}
    order by id desc limit ${window.limit + 1}
  `.execute(db)
  const { rows: counted } = await sql<{ total: number }>`
    select count(*)::int as total from (select from platform.audit where ${matching} limit ${maxCounted + 1}) counted
  `.execute(db)
  const items = rows.map(withTime)
  return pageOf({ items, counted: counted[0]?.total ?? 0, window, cursorOf: ({ id }) => [id] })
}

type ActsOn<Action extends string> = Readonly<{
  subject_type: string
  subject_id: string
  actions: readonly Action[]
  limit: number
}>

/** Lists the newest acts of some kinds on one subject, for the module that has the subject. */
export async function listActsOn<Action extends string>(
  db: Db,
  { subject_type, subject_id, actions, limit }: ActsOn<Action>,
): Promise<readonly (AuditRecord & Readonly<{ action: Action }>)[]> {
  const { rows } = await sql<Omit<AuditRecord, 'at'> & Readonly<{ action: Action }>>`
    select ${columns} from platform.audit
    where subject_id = ${subject_id} and subject_type = ${subject_type} and action = any(${actions})
    order by id desc limit ${limit}
  `.execute(db)
  return rows.map(withTime)
}

const withTime = <Row extends Readonly<{ id: string }>>(row: Row) => ({
  ...row,
  at: createdAtOf(row.id) ?? new Date(0),
})

/** The smallest UUIDv7 of a moment. */
function firstIdAt(at: Date): string {
  const hex = Math.max(0, at.getTime()).toString(16).padStart(12, '0')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-7000-8000-000000000000`
}
