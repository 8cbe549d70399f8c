import { listAddresses as listRows } from '../../store/addresses.ts'
import type { IdentityDb } from '../../store/tables.ts'
import type { SavedAddress } from '../address.ts'

export type ListAddresses = (user_id: string) => Promise<readonly SavedAddress[]>

/** The saved addresses of a user, the default first. */
export const listAddresses =
  ({ db }: Readonly<{ db: IdentityDb }>): ListAddresses =>
  (user_id) =>
    listRows(db, user_id)
