import { permissionsOf, type Role } from '../permissions.ts'
import type { IdentityDb } from './tables.ts'

/** Reads the permissions of every role. */
export async function readRolePermissions(db: IdentityDb): Promise<(role: Role) => readonly string[]> {
  const rows = await db.selectFrom('identity.role_permissions').select(['role', 'permission']).execute()
  const granted = Map.groupBy(rows, ({ role }) => role)
  return (role) =>
    permissionsOf(
      role,
      (granted.get(role) ?? []).map(({ permission }) => permission),
    )
}

/** Lists the permissions of a role. */
export async function listPermissions(db: IdentityDb, role: Role): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('identity.role_permissions')
    .select('permission')
    .where('role', '=', role)
    .orderBy('permission')
    .execute()
  const granted = rows.map(({ permission }) => permission)
  return permissionsOf(role, granted)
}
