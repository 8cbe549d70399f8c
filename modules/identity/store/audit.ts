import { listActsOn, recordAct } from '#platform/audit'
import { activeContext } from '#platform/telemetry'
import type { Actor } from '../actor.ts'
import type { Role } from '../permissions.ts'
import { auditActions, type AuditAction } from '../schema.ts'
import type { IdentityDb, IdentityTx } from './tables.ts'

type Subject = Readonly<{ subject_type: 'users'; subject_id: string } | { subject_type: 'roles'; subject_id: Role }>
type NewEntry = Subject & Readonly<{ actor: Actor; action: AuditAction; details: Record<string, unknown> }>

/** Records a change by staff in its transaction, in place of the record that its route would make. */
export async function insertAudit(tx: IdentityTx, { actor, ...entry }: NewEntry): Promise<void> {
  await recordAct(tx, {
    ...entry,
    actor: actor.kind === 'user' ? actor : { kind: 'program', name: actor.name },
    request_id: activeContext()?.request_id,
  })
}

/** Lists the newest changes of a user: `actor` is `user`, or the name of a program. */
export async function listAudit(db: IdentityDb, user_id: string, limit: number) {
  const acts = await listActsOn(db, { subject_type: 'users', subject_id: user_id, actions: auditActions, limit })
  return acts.map(({ id, at, actor_user_id, actor_name, action, details }) => ({
    id,
    actor: actor_name ?? 'user',
    actor_user_id,
    action,
    details,
    created_at: at,
  }))
}
