import { isEditable, permissionsOf, roles } from '../../permissions.ts'
import type { IdentityDb } from '../../store/tables.ts'

type Needs = Readonly<{ db: IdentityDb }>
export type ListRoles = () => Promise<
  readonly Readonly<{ role: (typeof roles)[number]; permissions: readonly string[]; is_editable: boolean }>[]
>

/** Lists every role with its permissions. */
export const listRoles =
  ({ db }: Needs): ListRoles =>
  async () => {
    const rows = await db.selectFrom('identity.role_permissions').selectAll().orderBy('permission').execute()
    return roles.map((role) => {
      const granted = rows.filter((row) => row.role === role).map(({ permission }) => permission)
      return { role, permissions: permissionsOf(role, granted), is_editable: isEditable(role) }
    })
  }
