import type { IdentityApi } from '../../api.ts'
import type { IdentityDb } from '../../store/tables.ts'
import { listUsers } from '../../store/users.ts'

type Needs = Readonly<{ db: IdentityDb }>

/** Lists the accounts of users, so that staff of other modules see with whom they deal. */
export const listAccounts =
  ({ db }: Needs): IdentityApi['accountsOf'] =>
  async (user_ids) => {
    if (user_ids.length === 0) return []
    const users = await listUsers(db, user_ids)
    return users.map(({ id, name, email, email_verified_at }) => ({
      user_id: id,
      name,
      email,
      is_email_verified: email_verified_at !== null,
    }))
  }
