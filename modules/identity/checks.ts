import { sql } from 'kysely'
import type { Check } from '#platform/checks'
import type { IdentityDb } from './store/tables.ts'

/** The identities of a merged user belong to the user that it was merged into. */
const usersWithoutIdentity = sql<{ user_id: string }>`
  select id as user_id from identity.users
  where status not in ('merged', 'deleted') and not exists (select from identity.identities where user_id = users.id)
  limit 100`

/** A deleted user, or one who was merged into a deleted user, who can still be found by a name or an identity. */
const namedDeletedUsers = sql<{ user_id: string }>`
  with recursive deleted(id) as (
    select id from identity.users where status = 'deleted'
    union select users.id from identity.users join deleted on merged_into = deleted.id)
  select id as user_id from identity.users join deleted using (id)
  where (name <> '' or exists (select from identity.identities where user_id = users.id)
    or exists (select from identity.credentials where user_id = users.id)
    or exists (select from identity.addresses where user_id = users.id))
  limit 100`

/** The unique index allows at most one default. */
const usersWithoutDefaultAddress = sql<{ user_id: string }>`
  select user_id from identity.addresses group by user_id having not bool_or(is_default) limit 100`

/** A person who registered the mailbox of another could come back by the other identity. */
const unprovenMailboxesBesideOthers = sql<{ user_id: string }>`
  select user_id from identity.identities mailbox
  where verified_at is null and exists (
    select from identity.identities other where other.user_id = mailbox.user_id and other.subject <> mailbox.subject)
  limit 100`

/** A merged user that could still sign in, or that is signed in. */
const openMergedUsers = sql<{ user_id: string }>`
  select id as user_id from identity.users where status = 'merged' and (
    exists (select from identity.identities where user_id = users.id)
    or exists (select from identity.sessions where user_id = users.id and ended_at is null and expires_at > now()))
  limit 100`

const mergesWithoutMergedUser = sql<{ merge_id: string }>`
  select merge.id as merge_id from identity.merges merge join identity.users merged on merged.id = merge.from_id
  where merge.reverted_at is null and merged.merged_into is distinct from merge.into_id
  limit 100`

/** Two fresh tokens show that two uses of one token were both accepted. */
const sessionsWithTwoFreshTokens = sql<{ session_id: string; fresh: number }>`
  select session_id, count(*) as fresh from identity.refresh_tokens
  where used_at is null group by session_id having count(*) > 1
  limit 100`

/** The invariants of users and sessions. */
export const identityChecks = (db: IdentityDb): readonly Check[] => [
  {
    name: 'identity.every-user-has-an-identity',
    description: 'Every user who is not merged or deleted has at least one identity to sign in with.',
    violations: async () => (await usersWithoutIdentity.execute(db)).rows,
  },
  {
    name: 'identity.unproven-mailboxes-stand-alone',
    description: 'A user with a mailbox that was never proven has no other identity.',
    violations: async () => (await unprovenMailboxesBesideOthers.execute(db)).rows,
  },
  {
    name: 'identity.merged-users-cannot-sign-in',
    description: 'A merged user has no identity and no open session.',
    violations: async () => (await openMergedUsers.execute(db)).rows,
  },
  {
    name: 'identity.merges-name-their-users',
    description: 'The user of every merge that was not reverted is merged into its survivor.',
    violations: async () => (await mergesWithoutMergedUser.execute(db)).rows,
  },
  {
    name: 'identity.deleted-users-are-anonymous',
    description: 'Nothing names a user who deleted the account.',
    violations: async () => (await namedDeletedUsers.execute(db)).rows,
  },
  {
    name: 'identity.one-default-address',
    description: 'Every user with saved addresses has a default among them.',
    violations: async () => (await usersWithoutDefaultAddress.execute(db)).rows,
  },
  {
    name: 'identity.one-fresh-refresh-token',
    description: 'Every session has at most one unused refresh token.',
    violations: async () => (await sessionsWithTwoFreshTokens.execute(db)).rows,
  },
]
