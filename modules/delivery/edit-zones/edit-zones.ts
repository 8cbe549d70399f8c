import type { Kysely, Transaction } from 'kysely'
import { transaction } from '#platform/db'
import { notFound, type NotFound, type Refused, type StoreResponse } from '#platform/outcome'
import { canonicalJson } from '#platform/values'
import type { DeliveryTables, ZoneCache } from '../store.ts'
import { refusalOfZone, type Zone } from '../zone.ts'
import type { ChangeZoneBody, CreateZoneBody } from '../zone-schema.ts'

type Needs = Readonly<{ db: Kysely<DeliveryTables>; zones: ZoneCache }>
type Tx = Transaction<DeliveryTables>

export type SavedZone = Readonly<{ kind: 'saved'; zone: Zone }>
type Wrong = NonNullable<ReturnType<typeof refusalOfZone>>
export type CreateZoneOutcome = SavedZone | Wrong | Refused<'id-taken'>
export type ChangeZoneOutcome = SavedZone | Wrong | NotFound

type CreateInput = CreateZoneBody & Readonly<{ operation_id: string }>
export type CreateZone = (input: CreateInput, storeResponse: StoreResponse<SavedZone>) => Promise<CreateZoneOutcome>
export type ChangeZone = (id: string, change: ChangeZoneBody) => Promise<ChangeZoneOutcome>
export type DeleteZone = (id: string) => Promise<Readonly<{ kind: 'deleted' }> | NotFound>

const defaults = {
  places: [],
  lat: null,
  lng: null,
  radius_m: null,
  currency: 'RUB',
  minimum_total: null,
  free_from: null,
  earliest_minutes: null,
  latest_minutes: null,
  position: 0,
  is_active: true,
}

/** Idempotent by id: a repeated request returns the zone that the first one created. */
export const createZone =
  ({ db, zones }: Needs): CreateZone =>
  async ({ operation_id, id = operation_id, ...input }, storeResponse) => {
    const zone: Zone = { ...defaults, ...input, id: id.toLowerCase() }
    const wrong = refusalOfZone(zone)
    if (wrong) return wrong
    const outcome = await transaction(db, async (tx): Promise<CreateZoneOutcome> => {
      if (!(await insertZone(tx, zone))) {
        const existing = await lockZone(tx, zone.id)
        const isSame = existing !== undefined && canonicalJson(existing) === canonicalJson(zone)
        return isSame ? { kind: 'saved', zone: existing } : { kind: 'refused', reason: 'id-taken' }
      }
      const saved = { kind: 'saved', zone } as const
      await storeResponse(tx, saved)
      return saved
    })
    zones.clear()
    return outcome
  }

/** Changes the fee of later orders. Orders keep the fee that they have. */
export const changeZone =
  ({ db, zones }: Needs): ChangeZone =>
  async (id, change) => {
    const outcome = await transaction(db, async (tx): Promise<ChangeZoneOutcome> => {
      const before = await lockZone(tx, id)
      if (!before) return notFound('zone')
      const zone: Zone = { ...before, ...change }
      const wrong = refusalOfZone(zone)
      if (wrong) return wrong
      await tx.updateTable('delivery.zones').set(rowOf(zone)).where('id', '=', zone.id).execute()
      return { kind: 'saved', zone }
    })
    zones.clear()
    return outcome
  }

/** A deleted zone is no longer served. After the last zone is deleted, couriers deliver everywhere for free. */
export const deleteZone =
  ({ db, zones }: Needs): DeleteZone =>
  async (id) => {
    const { numDeletedRows } = await db.deleteFrom('delivery.zones').where('id', '=', id).executeTakeFirstOrThrow()
    zones.clear()
    return numDeletedRows === 1n ? { kind: 'deleted' } : notFound('zone')
  }

const rowOf = ({ name, places, ...rest }: Zone) => ({ ...rest, name: JSON.stringify(name), places: [...places] })

async function insertZone(tx: Tx, zone: Zone): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('delivery.zones')
    .values(rowOf(zone))
    .onConflict((conflict) => conflict.column('id').doNothing())
    .executeTakeFirstOrThrow()
  return numInsertedOrUpdatedRows === 1n
}

const lockZone = (tx: Tx, id: string): Promise<Zone | undefined> =>
  tx.selectFrom('delivery.zones').selectAll().where('id', '=', id).forUpdate().executeTakeFirst()
