import { recordAct } from '#platform/audit'
import { activeContext } from '#platform/telemetry'
import { newId } from '#platform/values'
import type { Actor } from '../actor.ts'
import type { AuditAction } from '../schema.ts'
import type { IdentityDb, IdentityTx } from './tables.ts'

type NewEntry = Readonly<{
  actor: Actor
  action: AuditAction
  user_id: string | null
  details: Record<string, unknown>
  now: Date
}>

/** Records a change by staff in its transaction: in the history of the account, and in the audit of the shop. */
export async function insertAudit(tx: IdentityTx, { actor, now, ...entry }: NewEntry): Promise<void> {
  const who =
    actor.kind === 'user' ? { actor: 'user', actor_user_id: actor.user_id } : { actor: actor.name, actor_user_id: null }
  await tx
    .insertInto('identity.audit_log')
    .values({ id: newId(), ...who, ...entry, created_at: now })
    .execute()
  await recordAct(tx, {
    actor: actor.kind === 'user' ? actor : { kind: 'program', name: actor.name },
    action: entry.action,
    subject_type: 'users',
    subject_id: entry.user_id ?? undefined,
    request_id: activeContext()?.request_id,
    details: entry.details,
  })
}

/** Lists the newest entries about a user. */
export const listAudit = async (db: IdentityDb, user_id: string, limit: number) =>
  await db
    .selectFrom('identity.audit_log')
    .select(['id', 'actor', 'actor_user_id', 'action', 'details', 'created_at'])
    .where('user_id', '=', user_id)
    .orderBy('id', 'desc')
    .limit(limit)
    .execute()
