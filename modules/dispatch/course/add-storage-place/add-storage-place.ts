import { sql } from 'kysely'
import { afterCommit, transaction } from '#platform/db'
import { isRefusal, notFound, type NotFound, type Refused, type StoreResponse } from '#platform/outcome'
import { addStoragePlace as withPlace, type Courier } from '../courier.ts'
import { lockCourier, type CourseDb } from '../store.ts'

type AddStoragePlaceInput = Readonly<{ id: string; courier_id: string; name: string; total_volume: number }>
export type AddedStoragePlace = Readonly<{ kind: 'added'; courier: Courier }>
export type AddStoragePlaceOutcome =
  | AddedStoragePlace
  | NotFound
  | Refused<'name-missing' | 'volume-invalid' | 'too-many-places' | 'id-taken'>
export type AddStoragePlace = (
  input: AddStoragePlaceInput,
  storeResponse: StoreResponse<AddedStoragePlace>,
) => Promise<AddStoragePlaceOutcome>

type Needs = Readonly<{ db: CourseDb; wake: () => void }>

/** The most storage places of a courier. */
export const maxPlaces = 20

/** Adds an empty place to a courier. Idempotent by the id of the place. */
export const addStoragePlace =
  ({ db, wake }: Needs): AddStoragePlace =>
  async ({ courier_id, ...place }, storeResponse) =>
    await transaction(
      db,
      async (tx): Promise<AddStoragePlaceOutcome> => {
        const courier = await lockCourier(tx, courier_id)
        if (!courier) return notFound('courier')
        const existing = courier.storage_places.find(({ id }) => id === place.id)
        if (existing) {
          const isSame = existing.name === place.name && existing.total_volume === place.total_volume
          return isSame ? { kind: 'added', courier } : { kind: 'refused', reason: 'id-taken' }
        }
        const position = courier.storage_places.length
        if (position >= maxPlaces) return { kind: 'refused', reason: 'too-many-places' }
        const larger = withPlace(courier, place)
        if (isRefusal(larger)) return larger
        await tx
          .insertInto('dispatch.storage_places')
          .values({ ...place, courier_id, position, order_id: null })
          .execute()
        await sql`update dispatch.couriers set version = version + 1 where id = ${courier_id}`.execute(tx)
        const added = { kind: 'added', courier: larger } as const
        await storeResponse(tx, added)
        afterCommit(tx, wake)
        return added
      },
      { conflicts: { storage_places_pkey: 'id-taken' } },
    )
