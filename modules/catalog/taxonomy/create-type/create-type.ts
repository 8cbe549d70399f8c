import { transaction } from '#platform/db'
import type { Refused, StoreResponse } from '#platform/outcome'
import type { CatalogCache } from '../../store/catalog-cache.ts'
import type { CatalogDb } from '../../store/tables.ts'
import { inBoth } from '../../text.ts'
import type { AdminProductType, CreateProductTypeBody } from '../schema.ts'
import { lockAttributes, saveTypeAttributes, type UnknownAttribute } from '../store/type-attributes.ts'
import { insertType } from '../store/types.ts'

type Needs = Readonly<{ db: CatalogDb; catalogCache: CatalogCache }>

export type CreatedType = Readonly<{ kind: 'created'; type: AdminProductType }>
export type CreateTypeOutcome =
  | CreatedType
  | Refused<'code-taken' | 'plural-taken' | 'plural-reserved'>
  | UnknownAttribute
export type CreateType = (
  body: CreateProductTypeBody,
  storeResponse: StoreResponse<CreatedType>,
) => Promise<CreateTypeOutcome>

const conflicts = {
  types_pkey: 'code-taken',
  type_plural: 'plural-taken',
  type_plural_reserved: 'plural-reserved',
} as const

export const createType =
  ({ db, catalogCache }: Needs): CreateType =>
  ({ code, plural, name, attributes = [] }, storeResponse) =>
    transaction(
      db,
      async (tx): Promise<CreateTypeOutcome> => {
        const type = { code, plural, name: inBoth(name), attributes: [...new Set(attributes)] }
        const unknown = await lockAttributes(tx, type.attributes)
        if (unknown) return unknown
        await insertType(tx, type)
        await saveTypeAttributes(tx, type)
        catalogCache.invalidateAll(tx)
        const created = { kind: 'created', type } as const
        await storeResponse(tx, created)
        return created
      },
      { conflicts },
    )
