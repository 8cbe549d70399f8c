import type { Kysely } from 'kysely'
import { after, days, newId, type Clock } from '#platform/values'
import type { Role } from '../permissions.ts'
import type { IdentityTables } from '../tables.ts'
import { newSecret } from '../tokens/refresh-token.ts'
import { isStaffed } from '../users/is-staffed.ts'

type Needs = Readonly<{ db: Kysely<IdentityTables>; now: Clock }>
type StaffRole = Exclude<Role, 'customer'>
/** Makes a one-time code that gives whoever accepts it within seven days an account with `role`. */
export type InviteStaff = (role: StaffRole) => Promise<string>
/** A code for the first admin, undefined when somebody works here already. */
export type FoundingInvitation = () => Promise<string | undefined>

const lifetime = days(7)

export const inviteStaff =
  (needs: Needs): InviteStaff =>
  async (role) =>
    await keepInvitation(needs, { role, founding: false })

export const foundingInvitation =
  (needs: Needs): FoundingInvitation =>
  async () =>
    (await isStaffed(needs.db)) ? undefined : await keepInvitation(needs, { role: 'admin', founding: true })

type Invitation = Readonly<{ role: StaffRole; founding: boolean }>

async function keepInvitation({ db, now }: Needs, invitation: Invitation): Promise<string> {
  const { token, hash } = newSecret()
  const created_at = now()
  await db
    .insertInto('identity.invitations')
    .values({ id: newId(), hash, ...invitation, created_at, expires_at: after(created_at, lifetime) })
    .execute()
  return token
}
