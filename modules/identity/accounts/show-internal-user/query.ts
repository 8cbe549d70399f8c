import { notFound, type NotFound } from '#platform/outcome'
import { listIdentities } from '../../store/identities.ts'
import type { IdentityDb } from '../../store/tables.ts'
import { findTelegramUser, findUser } from '../../store/users.ts'
import type { User } from '../../user.ts'

type Needs = Readonly<{ db: IdentityDb }>
type FoundUser = Readonly<{ kind: 'found'; user: User; telegram_id: string | null }>
type UserKey = Readonly<{ id: string }> | Readonly<{ telegram_id: string }>
export type ShowInternalUser = (key: UserKey) => Promise<FoundUser | NotFound>

/** Finds a user for an outside bot or worker, by id or by the id of the Telegram user. */
export const showInternalUser =
  ({ db }: Needs): ShowInternalUser =>
  async (key) => {
    const id = 'id' in key ? key.id : await findTelegramUser(db, key.telegram_id)
    const user = id === undefined ? undefined : await findUser(db, id)
    if (!user) return notFound('user')
    const identities = await listIdentities(db, user.id)
    const telegram = identities.find(({ provider }) => provider === 'telegram')
    return { kind: 'found', user, telegram_id: telegram?.subject ?? null }
  }
