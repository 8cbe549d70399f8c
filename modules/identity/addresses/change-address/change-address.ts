import { transaction } from '#platform/db'
import { notFound, type NotFound, type Refused } from '#platform/outcome'
import { listAddresses, updateAddress } from '../../store/addresses.ts'
import type { IdentityDb } from '../../store/tables.ts'
import { lockUser } from '../../store/users.ts'
import { isPlaced, type SavedAddress } from '../address.ts'
import type { AddressParts } from '../schema.ts'

type Needs = Readonly<{ db: IdentityDb }>
type ChangeAddressInput = Readonly<{ user_id: string; id: string; parts: AddressParts }>
export type ChangeAddressOutcome =
  | Readonly<{ kind: 'changed'; address: SavedAddress }>
  | NotFound
  | Refused<'place-incomplete'>
export type ChangeAddress = (input: ChangeAddressInput) => Promise<ChangeAddressOutcome>

/** Replaces a saved address of a user. Orders keep the address with which they were placed. */
export const changeAddress =
  ({ db }: Needs): ChangeAddress =>
  async ({ user_id, id, parts }) => {
    if (!isPlaced(parts)) return { kind: 'refused', reason: 'place-incomplete' }
    return await transaction(db, async (tx): Promise<ChangeAddressOutcome> => {
      await lockUser(tx, user_id)
      const found = (await listAddresses(tx, user_id)).find((one) => one.id === id)
      if (!found) return notFound('address')
      await updateAddress(tx, { user_id, id }, parts)
      return { kind: 'changed', address: { ...parts, id, is_default: found.is_default, created_at: found.created_at } }
    })
  }
