import { Slots } from '#platform/limits'
import { isRefusal, notFound, type NotFound, type Refused } from '#platform/outcome'
import type { LoginLimits, TooManyAttempts } from '../../auth/login-limits.ts'
import type { SavedAddress } from '../../addresses/address.ts'
import { listAddresses } from '../../store/addresses.ts'
import { listIdentities } from '../../store/identities.ts'
import type { IdentityDb } from '../../store/tables.ts'
import { findUser } from '../../store/users.ts'
import type { User } from '../../user.ts'

/** The records of one part of the shop about a user. */
export type PersonalRecords = Readonly<{ name: string; listOf: (user_id: string) => Promise<readonly object[]> }>

type ReadNeeds = Readonly<{ db: IdentityDb; personalRecords: readonly PersonalRecords[] }>
type Needs = ReadNeeds & Readonly<{ limits: Pick<LoginLimits, 'takeExport'> }>
type Exported = Readonly<{
  kind: 'exported'
  user: User
  identities: Awaited<ReturnType<typeof listIdentities>>
  addresses: readonly SavedAddress[]
  sessions: readonly Readonly<{ id: string; device: string; ip: string; created_at: Date; used_at: Date }>[]
  records: Readonly<Record<string, readonly object[]>>
}>
export type ExportAccountOutcome = Exported | NotFound | Refused<'export-busy'> | TooManyAttempts
export type ExportAccount = (user_id: string) => Promise<ExportAccountOutcome>

/** Exports of a process at once: each has all records of an account in memory. */
const maxExports = { total: 2, perKey: 1 }
const busy = { kind: 'refused', reason: 'export-busy', retry_after: 10 } as const

/** Sessions stay for thirty days after their end. */
const maxSessions = 1000

/** Reads everything that the shop knows about a user. */
export const exportAccount = ({ limits, ...needs }: Needs): ExportAccount => {
  const slots = new Slots(maxExports)
  const read = readAccount(needs)
  return async (user_id) => {
    const release = slots.take(user_id)
    if (!release) return busy
    try {
      const attempt = limits.takeExport(user_id)
      return isRefusal(attempt) ? attempt : await read(user_id)
    } finally {
      release()
    }
  }
}

const readAccount =
  ({ db, personalRecords }: ReadNeeds) =>
  async (user_id: string): Promise<Exported | NotFound> => {
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
      addresses: await listAddresses(db, user_id),
      sessions: await sessions.execute(),
      records: Object.fromEntries(
        await Promise.all(personalRecords.map(async ({ name, listOf }) => [name, await listOf(user_id)] as const)),
      ),
    }
  }
