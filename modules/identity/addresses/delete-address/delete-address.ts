import { transaction } from '#platform/db'
import { notFound, type NotFound } from '#platform/outcome'
import { deleteAddress as deleteRow } from '../../store/addresses.ts'
import type { IdentityDb } from '../../store/tables.ts'
import { lockUser } from '../../store/users.ts'

type Needs = Readonly<{ db: IdentityDb }>
type DeleteAddressInput = Readonly<{ user_id: string; id: string }>
export type DeleteAddressOutcome = Readonly<{ kind: 'deleted' }> | NotFound
export type DeleteAddress = (input: DeleteAddressInput) => Promise<DeleteAddressOutcome>

/** Deletes a saved address of a user. Orders keep the address with which they were placed. */
export const deleteAddress =
  ({ db }: Needs): DeleteAddress =>
  async (input) =>
    await transaction(db, async (tx): Promise<DeleteAddressOutcome> => {
      await lockUser(tx, input.user_id)
      return (await deleteRow(tx, input)) ? { kind: 'deleted' } : notFound('address')
    })
