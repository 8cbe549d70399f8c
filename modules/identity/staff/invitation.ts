import type { Refused } from '#platform/outcome'
import type { Role } from '../permissions.ts'

/** A one-time code that makes the person who accepts it staff. */
export type Invitation = Readonly<{
  id: string
  role: Role
  /** Created by the first start of an empty installation. It works only while the shop has no staff. */
  first_admin: boolean
  expires_at: Date
  accepted_at: Date | null
}>

type AcceptanceDecision =
  | Readonly<{ kind: 'accept'; invitation_id: string; role: Role; is_superadmin: boolean }>
  | Refused<'invalid-invitation'>

/** Decides whether an invitation still works. Used, expired and unknown codes are refused for the same reason. */
export function decideAcceptance(
  invitation: Invitation | undefined,
  at: Readonly<{ now: Date; hasStaff: boolean }>,
): AcceptanceDecision {
  const refused = { kind: 'refused', reason: 'invalid-invitation' } as const
  if (!invitation || invitation.accepted_at || invitation.expires_at <= at.now) return refused
  const { id, role, first_admin } = invitation
  if (first_admin && at.hasStaff) return refused
  return { kind: 'accept', invitation_id: id, role, is_superadmin: first_admin }
}
