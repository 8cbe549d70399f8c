import { transaction } from '#platform/db'
import { isRefusal, notFound, type NotFound, type Refused } from '#platform/outcome'
import { newId, type Clock } from '#platform/values'
import { insertAddress, listAddresses, updateAddress } from '../../store/addresses.ts'
import type { IdentityDb } from '../../store/tables.ts'
import { lockUser } from '../../store/users.ts'
import { decideAdd, isPlaced, type SavedAddress } from '../address.ts'
import type { AddressParts } from '../schema.ts'

type Needs = Readonly<{ db: IdentityDb; now: Clock }>
export type AddAddressOutcome =
  | Readonly<{ kind: 'added' | 'existing'; address: SavedAddress }>
  | NotFound
  | Refused<'place-incomplete' | 'too-many-addresses'>
export type AddAddress = (user_id: string, parts: AddressParts) => Promise<AddAddressOutcome>

/** Saves a delivery address of a user. A repeat adds none; it may bring another place on the map. */
export const addAddress =
  ({ db, now }: Needs): AddAddress =>
  async (user_id, parts) => {
    if (!isPlaced(parts)) return { kind: 'refused', reason: 'place-incomplete' }
    return await transaction(db, async (tx): Promise<AddAddressOutcome> => {
      const user = await lockUser(tx, user_id)
      if (user?.status !== 'active') return notFound('user')
      const decided = decideAdd(await listAddresses(tx, user_id), parts)
      if (isRefusal(decided)) return decided
      if (decided.kind === 'existing') {
        const address = { ...decided.address, ...parts }
        const { id, is_default: _, created_at: __, ...changed } = address
        await updateAddress(tx, { user_id, id }, changed)
        return { kind: 'existing', address }
      }
      const address = { ...parts, id: newId(), is_default: decided.is_default, created_at: now() }
      await insertAddress(tx, { user_id, ...address })
      return { kind: 'added', address }
    })
  }
