import { sql } from 'kysely'
import type { SavedAddress } from '../addresses/address.ts'
import type { AddressParts } from '../addresses/schema.ts'
import type { IdentityDb, IdentityTx } from './tables.ts'

const columns = ['country', 'postcode', 'city', 'street', 'house', 'apartment', 'lat', 'lng'] as const

/** Lists the addresses of a user: the default, then the others from the oldest to the newest. */
export async function listAddresses(db: IdentityDb, user_id: string): Promise<SavedAddress[]> {
  const rows = await db
    .selectFrom('identity.addresses')
    .select(['id', 'is_default', 'created_at', ...columns])
    .where('user_id', '=', user_id)
    .orderBy('is_default', 'desc')
    .orderBy('created_at')
    .orderBy('id')
    .execute()
  return rows.map(({ postcode, apartment, lat, lng, ...row }) => ({
    ...row,
    ...(postcode !== null && { postcode }),
    ...(apartment !== null && { apartment }),
    ...(lat !== null && lng !== null && { lat, lng }),
  }))
}

const rowOf = ({ postcode, apartment, lat, lng, ...parts }: AddressParts) => ({
  ...parts,
  postcode: postcode ?? null,
  apartment: apartment ?? null,
  lat: lat ?? null,
  lng: lng ?? null,
})

export async function insertAddress(
  tx: IdentityTx,
  { user_id, id, is_default, created_at, ...parts }: SavedAddress & Readonly<{ user_id: string }>,
): Promise<void> {
  await tx
    .insertInto('identity.addresses')
    .values({ user_id, id, is_default, created_at, ...rowOf(parts) })
    .execute()
}

type AddressKey = Readonly<{ user_id: string; id: string }>

/** Replaces the parts of an address. */
export async function updateAddress(tx: IdentityTx, { user_id, id }: AddressKey, parts: AddressParts): Promise<void> {
  await tx
    .updateTable('identity.addresses')
    .set(rowOf(parts))
    .where('user_id', '=', user_id)
    .where('id', '=', id)
    .execute()
}

/** Deletes an address. When it was the default, the oldest one of the others is. False when the user has no such address. */
export async function deleteAddress(tx: IdentityTx, { user_id, id }: AddressKey): Promise<boolean> {
  const { numDeletedRows } = await tx
    .deleteFrom('identity.addresses')
    .where('user_id', '=', user_id)
    .where('id', '=', id)
    .executeTakeFirstOrThrow()
  await saveSomeDefault(tx, [user_id])
  return numDeletedRows > 0n
}

/** Deletes all addresses of these users. */
export async function deleteAddresses(tx: IdentityTx, user_ids: readonly string[]): Promise<void> {
  await tx.deleteFrom('identity.addresses').where('user_id', 'in', user_ids).execute()
}

/** Makes an address the default of its user. */
export async function saveDefault(tx: IdentityTx, { user_id, id }: AddressKey): Promise<void> {
  const own = tx.updateTable('identity.addresses').where('user_id', '=', user_id)
  await own.set({ is_default: false }).where('is_default', '=', true).execute()
  await own.set({ is_default: true }).where('id', '=', id).execute()
}

/** Makes the oldest address the default of each of these users who has addresses and no default. */
async function saveSomeDefault(tx: IdentityTx, user_ids: readonly string[]): Promise<void> {
  await sql`
    update identity.addresses set is_default = true
    where id in (
      select distinct on (user_id) id from identity.addresses
      where user_id = any(${user_ids}::uuid[]) order by user_id, created_at, id)
    and not exists (
      select from identity.addresses other where other.user_id = addresses.user_id and other.is_default)`.execute(tx)
}

type Move = Readonly<{ from: string; into: string }>

/**
 * Gives the addresses of one user to another whose default stays, and returns their ids. One that the other has as well does
 * not move.
 */
export async function moveAddresses(tx: IdentityTx, { from, into }: Move): Promise<readonly string[]> {
  const { rows } = await sql<{ id: string }>`
    update identity.addresses moved set user_id = ${into}, is_default = false
    where user_id = ${from} and not exists (
      select from identity.addresses own where own.user_id = ${into}
      and row(own.country, own.postcode, own.city, own.street, own.house, own.apartment)
        is not distinct from row(moved.country, moved.postcode, moved.city, moved.street, moved.house, moved.apartment))
    returning id`.execute(tx)
  await saveSomeDefault(tx, [from, into])
  return rows.map(({ id }) => id)
}

/** Gives addresses back to the user who had them before a merge, unless they were deleted since. */
export async function returnAddresses(
  tx: IdentityTx,
  { from, into, addresses }: Move & Readonly<{ addresses: readonly string[] }>,
): Promise<void> {
  await sql`
    update identity.addresses set user_id = ${into}, is_default = false
    where user_id = ${from} and id = any(${addresses}::uuid[])`.execute(tx)
  await saveSomeDefault(tx, [from, into])
}
