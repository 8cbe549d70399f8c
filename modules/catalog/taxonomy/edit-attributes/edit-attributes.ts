import { sql } from 'kysely'
import { transaction } from '#platform/db'
import { notFound, type NotFound, type Refused, type StoreResponse } from '#platform/outcome'
import type { Locale } from '#platform/values'
import type { CatalogCache } from '../../store/catalog-cache.ts'
import type { CatalogDb, CatalogTx } from '../../store/tables.ts'
import { inBoth } from '../../text.ts'
import { changedAttribute, defaultHints, type OptionsRefused } from '../attribute.ts'
import type { AdminAttribute, ChangeAttributeBody, CreateAttributeBody } from '../schema.ts'

type Needs = Readonly<{ db: CatalogDb; catalogCache: CatalogCache }>

export type SavedAttribute = Readonly<{ kind: 'saved'; attribute: AdminAttribute }>

export type SaveAttributeOutcome = SavedAttribute | NotFound | Refused<'code-taken' | 'in-use'> | OptionsRefused

export type DeleteAttributeOutcome = Readonly<{ kind: 'deleted' }> | NotFound | Refused<'in-use'>

export type CreateAttribute = (
  body: CreateAttributeBody,
  storeResponse: StoreResponse<SavedAttribute>,
) => Promise<SaveAttributeOutcome>

/** `locale` is the language of a text that is given in one. */
export type ChangeAttribute = (
  code: string,
  change: ChangeAttributeBody,
  locale: Locale,
) => Promise<SaveAttributeOutcome>

export type DeleteAttribute = (code: string) => Promise<DeleteAttributeOutcome>

export const createAttribute =
  ({ db, catalogCache }: Needs): CreateAttribute =>
  async (input, storeResponse) => {
    const { code, kind, name, ...fields } = input
    const empty = { code, kind, name: inBoth(name), unit: null, is_filter: false, position: 0, values: [] }
    const decided = changedAttribute({ ...empty, ui_hint: defaultHints[kind] }, fields, 'ru')
    if (decided.kind === 'refused') return decided
    return await transaction(
      db,
      async (tx): Promise<SaveAttributeOutcome> => {
        await tx.insertInto('catalog.attributes').values(rowOf(decided.attribute)).execute()
        catalogCache.invalidateAll(tx)
        const outcome = { kind: 'saved', attribute: decided.attribute } as const
        await storeResponse(tx, outcome)
        return outcome
      },
      { conflicts: { attributes_pkey: 'code-taken' } },
    )
  }

export const changeAttribute =
  ({ db, catalogCache }: Needs): ChangeAttribute =>
  (code, change, locale) =>
    transaction(db, async (tx): Promise<SaveAttributeOutcome> => {
      const before = await tx
        .selectFrom('catalog.attributes')
        .selectAll()
        .where('code', '=', code)
        .forUpdate()
        .executeTakeFirst()
      if (!before) return notFound('attribute')
      const decided = changedAttribute(before, change, locale)
      if (decided.kind === 'refused') return decided
      const { attribute } = decided
      if (await usesRemovedOption(tx, before, attribute)) return { kind: 'refused', reason: 'in-use' }
      await tx.updateTable('catalog.attributes').set(rowOf(attribute)).where('code', '=', code).execute()
      catalogCache.invalidateAll(tx)
      return { kind: 'saved', attribute }
    })

export const deleteAttribute =
  ({ db, catalogCache }: Needs): DeleteAttribute =>
  (code) =>
    transaction(
      db,
      async (tx): Promise<DeleteAttributeOutcome> => {
        const { numDeletedRows } = await tx.deleteFrom('catalog.attributes').where('code', '=', code).executeTakeFirst()
        if (numDeletedRows === 0n) return notFound('attribute')
        catalogCache.invalidateAll(tx)
        return { kind: 'deleted' }
      },
      { conflicts: { type_attributes_attribute_code_fkey: 'in-use' } },
    )

/** True when a product has a value that the change removes. */
async function usesRemovedOption(tx: CatalogTx, before: AdminAttribute, after: AdminAttribute): Promise<boolean> {
  const removed = before.values
    .filter(({ code }) => !after.values.some((option) => option.code === code))
    .map(({ code }) => code)
  if (removed.length === 0) return false
  const { rows } = await sql<{ used: boolean }>`
    select exists (select from catalog.products
      where jsonb_exists_any(jsonb_build_array(attributes -> ${before.code}), ${removed}::text[])
         or jsonb_exists_any(attributes -> ${before.code}, ${removed}::text[])) as used`.execute(tx)
  return rows[0]?.used ?? false
}

const rowOf = ({ name, unit, values, ...attribute }: AdminAttribute) => ({
  ...attribute,
  name: JSON.stringify(name),
  unit: unit === null ? null : JSON.stringify(unit),
  values: JSON.stringify(values),
})
