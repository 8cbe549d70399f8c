import { transaction } from '#platform/db'
import type { Refused, StoreResponse } from '#platform/outcome'
import type { CatalogCache } from '../../store/catalog-cache.ts'
import type { CatalogDb } from '../../store/tables.ts'
import { inBoth } from '../../text.ts'
import { changedAttribute, defaultHints, type OptionsRefused } from '../attribute.ts'
import type { AdminAttribute, CreateAttributeBody } from '../schema.ts'
import { insertAttribute } from '../store/attributes.ts'

type Needs = Readonly<{ db: CatalogDb; catalogCache: CatalogCache }>

export type CreatedAttribute = Readonly<{ kind: 'created'; attribute: AdminAttribute }>
export type CreateAttributeOutcome = CreatedAttribute | Refused<'code-taken'> | OptionsRefused
export type CreateAttribute = (
  body: CreateAttributeBody,
  storeResponse: StoreResponse<CreatedAttribute>,
) => Promise<CreateAttributeOutcome>

export const createAttribute =
  ({ db, catalogCache }: Needs): CreateAttribute =>
  async (input, storeResponse) => {
    const { code, kind, name, ...fields } = input
    const empty = { code, kind, name: inBoth(name), unit: null, is_filter: false, position: 0, values: [] }
    const decided = changedAttribute({ ...empty, ui_hint: defaultHints[kind] }, fields, 'ru')
    if (decided.kind === 'refused') return decided
    return await transaction(
      db,
      async (tx): Promise<CreateAttributeOutcome> => {
        await insertAttribute(tx, decided.attribute)
        catalogCache.invalidateAll(tx)
        const created = { kind: 'created', attribute: decided.attribute } as const
        await storeResponse(tx, created)
        return created
      },
      { conflicts: { attributes_pkey: 'code-taken' } },
    )
  }
