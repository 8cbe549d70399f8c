import { sql } from 'kysely'
import { transaction } from '#platform/db'
import { notFound, type NotFound, type Refused } from '#platform/outcome'
import type { Locale } from '#platform/values'
import type { CatalogCache } from '../../store/catalog-cache.ts'
import type { CatalogDb, CatalogTx } from '../../store/tables.ts'
import { changedAttribute, type OptionsRefused } from '../attribute.ts'
import type { AdminAttribute, ChangeAttributeBody } from '../schema.ts'
import { lockAttribute, updateAttribute } from '../store/attributes.ts'

type Needs = Readonly<{ db: CatalogDb; catalogCache: CatalogCache }>

export type ChangeAttributeOutcome =
  | Readonly<{ kind: 'changed'; attribute: AdminAttribute }>
  | NotFound
  | Refused<'in-use'>
  | OptionsRefused
/** `locale` is the language of a text that is given in one. */
export type ChangeAttribute = (
  code: string,
  change: ChangeAttributeBody,
  locale: Locale,
) => Promise<ChangeAttributeOutcome>

export const changeAttribute =
  ({ db, catalogCache }: Needs): ChangeAttribute =>
  (code, change, locale) =>
    transaction(db, async (tx): Promise<ChangeAttributeOutcome> => {
      const before = await lockAttribute(tx, code)
      if (!before) return notFound('attribute')
      const decided = changedAttribute(before, change, locale)
      if (decided.kind === 'refused') return decided
      const { attribute } = decided
      if (await usesRemovedOption(tx, before, attribute)) return { kind: 'refused', reason: 'in-use' }
      await updateAttribute(tx, attribute)
      catalogCache.invalidateAll(tx)
      return { kind: 'changed', attribute }
    })

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
