import { notFound, type NotFound } from '#platform/outcome'
import { listIdentities } from '../../store/identities.ts'
import type { IdentityDb } from '../../store/tables.ts'
import { findUser } from '../../store/users.ts'
import type { User } from '../../user.ts'

/** The records of one part of the shop about a user. */
export type PersonalRecords = Readonly<{ name: string; listOf: (user_id: string) => Promise<readonly object[]> }>

type Needs = Readonly<{ db: IdentityDb; personalRecords: readonly PersonalRecords[] }>
type Exported = Readonly<{
  kind: 'exported'
  user: User
  identities: Awaited<ReturnType<typeof listIdentities>>
  sessions: readonly Readonly<{ id: string; device: string; ip: string; created_at: Date; used_at: Date }>[]
  records: Readonly<Record<string, readonly object[]>>
}>
export type ExportAccount = (user_id: string) => Promise<Exported | NotFound>

/** Sessions stay for thirty days after their end. */
const maxSessions = 1000

/** Reads everything that the shop knows about a user. */
export const exportAccount =
  ({ db, personalRecords }: Needs): ExportAccount =>
  async (user_id) => {
    const user = await findUser(db, user_id)
    if (!user) return notFound('user')
    const sessions = db
      .selectFrom('identity.sessions')
      .select(['id', 'device', 'ip', 'created_at', 'used_at'])
      .where('user_id', '=', user_id)
      .orderBy('id', 'desc')
      .limit(maxSessions)
    return {
      kind: 'exported',
      user,
      identities: await listIdentities(db, user_id),
      sessions: await sessions.execute(),
      records: Object.fromEntries(
        await Promise.all(personalRecords.map(async ({ name, listOf }) => [name, await listOf(user_id)] as const)),
      ),
    }
  }
