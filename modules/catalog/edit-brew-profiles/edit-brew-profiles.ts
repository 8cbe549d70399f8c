import { sql, type Kysely } from 'kysely'
import { transaction } from '#platform/db'
import { publish } from '#platform/events'
import { newId, type Clock, type Localized } from '#platform/values'
import { productUpdated } from '../events.ts'
import type { Shelf } from '../shelf.ts'
import type { CatalogTables } from '../tables.ts'
import { orRefused } from '../taken.ts'
import { inBoth, noText } from '../text.ts'

type Needs = Readonly<{ db: Kysely<CatalogTables>; now: Clock; shelf: Shelf }>

type BrewProfileGiven = Readonly<{
  method: string
  vessel?: string | Localized
  leaf_grams: number
  water_ml: number
  temperature_c: number
  steep_seconds: readonly number[]
  note?: string | Localized
  position?: number
}>

type BrewProfile = Readonly<Required<Omit<BrewProfileGiven, 'vessel' | 'note'>>> &
  Readonly<{ id: string; vessel: Localized; note: Localized }>

export type Brewing =
  | Readonly<{ kind: 'kept'; profile: BrewProfile }>
  | Readonly<{ kind: 'absent' }>
  | Readonly<{ kind: 'refused'; reason: 'method-taken' }>

/** Adds a profile to a product, or replaces the one with this id. */
export type KeepBrewProfile = (
  place: Readonly<{ product_id: string; id?: string }>,
  given: BrewProfileGiven,
) => Promise<Brewing>

export const keepBrewProfile =
  ({ db, now, shelf }: Needs): KeepBrewProfile =>
  async ({ product_id, id }, given) => {
    const profile = {
      id: id ?? newId(),
      position: given.position ?? 0,
      method: given.method,
      vessel: inBoth(given.vessel ?? noText),
      leaf_grams: given.leaf_grams,
      water_ml: given.water_ml,
      temperature_c: given.temperature_c,
      steep_seconds: [...given.steep_seconds],
      note: inBoth(given.note ?? noText),
    }
    const row = { ...profile, product_id, vessel: JSON.stringify(profile.vessel), note: JSON.stringify(profile.note) }
    const work = transaction(db, async (tx): Promise<Brewing> => {
      const touched = await tx
        .updateTable('catalog.products')
        .set({ updated_at: now() })
        .where('id', '=', product_id)
        .executeTakeFirst()
      if (touched.numUpdatedRows === 0n) return { kind: 'absent' }
      if (id === undefined) await tx.insertInto('catalog.brew_profiles').values(row).execute()
      else {
        const { numUpdatedRows } = await tx
          .updateTable('catalog.brew_profiles')
          .set(row)
          .where('id', '=', id)
          .where('product_id', '=', product_id)
          .executeTakeFirst()
        if (numUpdatedRows === 0n) return { kind: 'absent' }
      }
      await publish(tx, [productUpdated({ product_id })])
      shelf.changed(tx)
      return { kind: 'kept', profile }
    })
    return await orRefused(work, { brew_profile_method: 'method-taken' })
  }

/** True when there was one. */
export type RemoveBrewProfile = (product_id: string, id: string) => Promise<boolean>

export const removeBrewProfile =
  ({ db, shelf }: Omit<Needs, 'now'>): RemoveBrewProfile =>
  (product_id, id) =>
    transaction(db, async (tx) => {
      const { numAffectedRows } = await sql`
        delete from catalog.brew_profiles where id = ${id} and product_id = ${product_id}`.execute(tx)
      if (numAffectedRows === 0n) return false
      await publish(tx, [productUpdated({ product_id })])
      shelf.changed(tx)
      return true
    })
