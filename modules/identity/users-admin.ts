import type { Kysely } from 'kysely'
import type { Clock } from '#platform/values'
import { createUser, type CreateUser } from './create-user/create-user.ts'
import { grantRole, type GrantRole } from './grant-role/grant-role.ts'
import {
  foundingInvitation,
  inviteStaff,
  type FoundingInvitation,
  type InviteStaff,
} from './invite-staff/invite-staff.ts'
import type { Passwords } from './passwords/passwords.ts'
import type { Standings } from './sessions/standings.ts'
import type { IdentityTables } from './tables.ts'
import { isStaffed } from './users/is-staffed.ts'

/** What the command line may do to accounts. */
export type UsersAdmin = Readonly<{
  createUser: CreateUser
  grantRole: GrantRole
  /** The code of an invitation: `/invitation#<code>` is its link. */
  invite: InviteStaff
  /** The code for the first admin of an empty installation. */
  foundingInvitation: FoundingInvitation
  /** Whether there is anybody who may invite others. */
  isStaffed: () => Promise<boolean>
}>

type Parts = Readonly<{ db: Kysely<IdentityTables>; now: Clock; passwords: Passwords; standings: Standings }>

/** The slices that have no route, wired. */
export const usersAdmin = (parts: Parts): UsersAdmin => ({
  createUser: createUser(parts),
  grantRole: grantRole(parts),
  invite: inviteStaff(parts),
  foundingInvitation: foundingInvitation(parts),
  isStaffed: () => isStaffed(parts.db),
})
