import { after, days, newId, type Clock } from '#platform/values'
import type { UsersApi } from '../../api.ts'
import { newToken } from '../../auth/refresh-tokens.ts'
import type { InvitedRole } from '../../permissions.ts'
import type { IdentityDb } from '../../store/tables.ts'
import { hasStaff } from '../../store/users.ts'

type Needs = Readonly<{ db: IdentityDb; now: Clock }>

const lifetime = days(7)

/** Creates a code that gives its bearer an account with `role` within seven days. */
export const inviteStaff =
  (needs: Needs): UsersApi['invite'] =>
  async (role) =>
    await insertInvitation(needs, { role, first_admin: false })

/** Creates the code for the first admin, unless the shop has staff. */
export const inviteFirstAdmin =
  (needs: Needs): UsersApi['inviteFirstAdmin'] =>
  async () =>
    (await hasStaff(needs.db)) ? undefined : await insertInvitation(needs, { role: 'admin', first_admin: true })

type NewInvitation = Readonly<{ role: InvitedRole; first_admin: boolean }>

async function insertInvitation({ db, now }: Needs, invitation: NewInvitation): Promise<string> {
  const { token, hash } = newToken()
  const created_at = now()
  await db
    .insertInto('identity.invitations')
    .values({ id: newId(), hash, ...invitation, created_at, expires_at: after(created_at, lifetime) })
    .execute()
  return token
}
