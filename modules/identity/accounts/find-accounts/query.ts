import type { IdentityApi } from '../../api.ts'
import { idsThatMatch } from '../../store/search-users.ts'
import type { IdentityDb } from '../../store/tables.ts'
import { findTelegramUser } from '../../store/users.ts'

type Needs = Readonly<{ db: IdentityDb }>

/** Accounts that a search returns at most, newest first: a longer search has to be narrowed. */
const maxFound = 100

/** Finds the accounts that staff of other modules search for, or the one of a Telegram user. */
export const findAccounts =
  ({ db }: Needs): IdentityApi['findAccounts'] =>
  async (key) => {
    if ('telegram_id' in key) {
      const user_id = await findTelegramUser(db, key.telegram_id)
      return user_id === undefined ? [] : [user_id]
    }
    const users = await db
      .selectFrom('identity.users')
      .select('id')
      .where('id', 'in', idsThatMatch(key.search))
      .orderBy('id', 'desc')
      .limit(maxFound)
      .execute()
    return users.map(({ id }) => id)
  }
