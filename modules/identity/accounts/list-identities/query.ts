import { maxIdentities, type IdentitiesView } from '../schema.ts'
import { identityViewOf } from '../../user-view.ts'
import { listIdentities as listRows } from '../../store/identities.ts'
import type { IdentityDb } from '../../store/tables.ts'

export type ListIdentities = (user_id: string) => Promise<IdentitiesView>

/** Lists the ways of a user to sign in, oldest first, and whether the account has a password. */
export const listIdentities =
  ({ db }: Readonly<{ db: IdentityDb }>): ListIdentities =>
  async (user_id) => {
    const credentials = db.selectFrom('identity.credentials').select('user_id').where('user_id', '=', user_id)
    const [rows, password] = await Promise.all([listRows(db, user_id, maxIdentities), credentials.executeTakeFirst()])
    return { identities: rows.map(identityViewOf), has_password: password !== undefined }
  }
