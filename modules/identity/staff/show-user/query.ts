import { notFound, type NotFound } from '#platform/outcome'
import type { Clock } from '#platform/values'
import { listAudit } from '../../store/audit.ts'
import { listIdentities } from '../../store/identities.ts'
import type { IdentityDb } from '../../store/tables.ts'
import { findUser } from '../../store/users.ts'
import type { User } from '../../user.ts'

type Needs = Readonly<{ db: IdentityDb; now: Clock }>
type FoundUser = Readonly<{
  kind: 'found'
  user: User
  merged_into: string | null
  identities: Awaited<ReturnType<typeof listIdentities>>
  open_sessions: number
  audit: Awaited<ReturnType<typeof listAudit>>
}>
export type ShowUser = (id: string) => Promise<FoundUser | NotFound>

const shownEntries = 20

/** Finds a user with the ways to sign in, the number of open sessions, and the changes of staff. */
export const showUser =
  ({ db, now }: Needs): ShowUser =>
  async (id) => {
    const user = await findUser(db, id)
    if (!user) return notFound('user')
    const [{ merged_into }, identities, { count }, audit] = await Promise.all([
      db.selectFrom('identity.users').select('merged_into').where('id', '=', id).executeTakeFirstOrThrow(),
      listIdentities(db, id),
      db
        .selectFrom('identity.sessions')
        .select((query) => query.fn.countAll<number>().as('count'))
        .where('user_id', '=', id)
        .where('ended_at', 'is', null)
        .where('expires_at', '>', now())
        .executeTakeFirstOrThrow(),
      listAudit(db, id, shownEntries),
    ])
    return { kind: 'found', user, merged_into, identities, open_sessions: count, audit }
  }
