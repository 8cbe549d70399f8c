import { Type } from 'typebox'
import { defineEvent } from '#platform/events'
import { Id } from '#platform/schema'

export const userRegistered = defineEvent('identity.user-registered.v1', {
  description: 'An account was created.',
  alias: 'user.registered',
  key: 'user_id',
  payload: Type.Object({
    user_id: Id,
    /** Absent for a user who signed in with Telegram. */
    email: Type.Optional(Type.String()),
    name: Type.String(),
    locale: Type.String(),
  }),
})

export const userUpdated = defineEvent('identity.user-updated.v1', {
  description: 'A user changed the name, the language or the time zone.',
  key: 'user_id',
  payload: Type.Object({ user_id: Id, name: Type.String(), locale: Type.String(), timezone: Type.String() }),
})

export const emailVerified = defineEvent('identity.email-verified.v1', {
  description: 'A user has shown that a mailbox is theirs.',
  key: 'user_id',
  payload: Type.Object({ user_id: Id, email: Type.String() }),
})

export const refreshReuseDetected = defineEvent('identity.refresh-reuse-detected.v1', {
  description: 'A refresh token was used a second time, and its session was ended.',
  key: 'user_id',
  payload: Type.Object({ user_id: Id, session_id: Id }),
})

export const userBlocked = defineEvent('identity.user-blocked.v1', {
  description: 'Staff blocked a user, and all sessions of the user ended.',
  alias: 'user.blocked',
  key: 'user_id',
  payload: Type.Object({ user_id: Id }),
})

export const userUnblocked = defineEvent('identity.user-unblocked.v1', {
  description: 'A blocked user may sign in again.',
  key: 'user_id',
  payload: Type.Object({ user_id: Id }),
})

export const userRoleChanged = defineEvent('identity.user-role-changed.v1', {
  description:
    'A user got another role, or the role of the user got other permissions. `permissions` are those of the role now.',
  key: 'user_id',
  payload: Type.Object({ user_id: Id, role: Type.String(), permissions: Type.Array(Type.String()) }),
})

export const userDeleted = defineEvent('identity.user-deleted.v1', {
  description: 'A user deleted the account. Modules anonymise the personal data that they store about the user.',
  alias: 'user.deleted',
  key: 'user_id',
  payload: Type.Object({ user_id: Id }),
})

export const identityLinked = defineEvent('identity.identity-linked.v1', {
  description: 'A user added a way to sign in, after proving that it is theirs.',
  key: 'user_id',
  payload: Type.Object({ user_id: Id, provider: Type.String() }),
})

const merge = { merge_id: Id, from: Id, into: Id }

export const accountsMerged = defineEvent('identity.accounts-merged.v1', {
  description:
    'Two accounts of one person were merged: `from` can no longer sign in, and its rows belong to `into`. Modules give the rows of `from` to `into`.',
  key: 'from',
  payload: Type.Object(merge),
})

export const mergeReverted = defineEvent('identity.merge-reverted.v1', {
  description:
    'A merge was reverted: `from` is an account of its own again. Modules give back the rows that the merge moved; rows that `into` made since stay.',
  key: 'from',
  payload: Type.Object(merge),
})

export const identityEvents = [
  userRegistered,
  userUpdated,
  emailVerified,
  refreshReuseDetected,
  userBlocked,
  userUnblocked,
  userRoleChanged,
  userDeleted,
  identityLinked,
  accountsMerged,
  mergeReverted,
]
