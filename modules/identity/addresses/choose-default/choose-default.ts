import { transaction } from '#platform/db'
import { notFound, type NotFound } from '#platform/outcome'
import { listAddresses, saveDefault } from '../../store/addresses.ts'
import type { IdentityDb } from '../../store/tables.ts'
import { lockUser } from '../../store/users.ts'
import type { SavedAddress } from '../address.ts'

type Needs = Readonly<{ db: IdentityDb }>
type ChooseDefaultInput = Readonly<{ user_id: string; id: string }>
export type ChooseDefaultOutcome = Readonly<{ kind: 'chosen'; address: SavedAddress }> | NotFound
export type ChooseDefault = (input: ChooseDefaultInput) => Promise<ChooseDefaultOutcome>

/** Makes a saved address the one with which the checkout begins. */
export const chooseDefault =
  ({ db }: Needs): ChooseDefault =>
  async ({ user_id, id }) =>
    await transaction(db, async (tx): Promise<ChooseDefaultOutcome> => {
      await lockUser(tx, user_id)
      const found = (await listAddresses(tx, user_id)).find((one) => one.id === id)
      if (!found) return notFound('address')
      await saveDefault(tx, { user_id, id })
      return { kind: 'chosen', address: { ...found, is_default: true } }
    })
