import { sql, type Kysely } from 'kysely'
import { staffRoles } from '../permissions.ts'
import type { IdentityTables } from '../tables.ts'

/** True when there is anybody who may invite others. */
export async function isStaffed(db: Kysely<IdentityTables>): Promise<boolean> {
  const staff = await db
    .selectFrom('identity.users')
    .select(sql`1`.as('found'))
    .where((the) => the.or([the('is_superadmin', '=', true), the('role', 'in', [...staffRoles])]))
    .where('status', '=', 'active')
    .limit(1)
    .execute()
  return staff.length > 0
}
