import { transaction } from '#platform/db'
import { notFound, type NotFound, type Refused } from '#platform/outcome'
import type { Locale } from '#platform/values'
import type { CatalogCache } from '../../store/catalog-cache.ts'
import type { CatalogDb } from '../../store/tables.ts'
import { changedText } from '../../text.ts'
import type { AdminProductType, ChangeProductTypeBody } from '../schema.ts'
import {
  listAttributeCodes,
  lockAttributes,
  saveTypeAttributes,
  type UnknownAttribute,
} from '../store/type-attributes.ts'
import { lockType, updateType } from '../store/types.ts'

type Needs = Readonly<{ db: CatalogDb; catalogCache: CatalogCache }>

export type ChangeTypeOutcome =
  | Readonly<{ kind: 'changed'; type: AdminProductType }>
  | NotFound
  | Refused<'plural-taken' | 'plural-reserved'>
  | UnknownAttribute
/** `locale` is the language of a text that is given in one. */
export type ChangeType = (code: string, change: ChangeProductTypeBody, locale: Locale) => Promise<ChangeTypeOutcome>

export const changeType =
  ({ db, catalogCache }: Needs): ChangeType =>
  (code, change, locale) =>
    transaction(
      db,
      async (tx): Promise<ChangeTypeOutcome> => {
        const before = await lockType(tx, code)
        if (!before) return notFound('type of product')
        const type = {
          code,
          plural: change.plural ?? before.plural,
          name: changedText(before.name, change.name, locale),
          attributes: [...new Set(change.attributes ?? (await listAttributeCodes(tx, code)))],
        }
        const unknown = await lockAttributes(tx, type.attributes)
        if (unknown) return unknown
        await updateType(tx, type)
        await saveTypeAttributes(tx, type)
        catalogCache.invalidateAll(tx)
        return { kind: 'changed', type }
      },
      { conflicts: { type_plural: 'plural-taken', type_plural_reserved: 'plural-reserved' } },
    )
