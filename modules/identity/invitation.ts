import type { Role } from './permissions.ts'

/** A one-time code that makes whoever accepts it staff. */
export type Invitation = Readonly<{
  id: string
  role: Role
  /** Printed by an empty installation: good only while nobody works here. */
  founding: boolean
  expires_at: Date
  accepted_at: Date | null
}>

export type Accepting =
  | Readonly<{ kind: 'accept'; role: Role; is_superadmin: boolean }>
  | Readonly<{ kind: 'refused'; reason: 'invalid-invitation' }>

/** Decides whether an invitation still makes somebody staff. Used, late and unknown codes are the same answer. */
export function accepting(invitation: Invitation | undefined, at: { now: Date; staffed: boolean }): Accepting {
  const refused = { kind: 'refused', reason: 'invalid-invitation' } as const
  if (!invitation || invitation.accepted_at || invitation.expires_at <= at.now) return refused
  const { role, founding } = invitation
  if (founding && at.staffed) return refused
  return { kind: 'accept', role, is_superadmin: founding }
}
