import { sql } from 'kysely'
import { transaction } from '#platform/db'
import { notFound, type NotFound, type Refused, type StoreResponse } from '#platform/outcome'
import type { Locale } from '#platform/values'
import type { CatalogCache } from '../../store/catalog-cache.ts'
import type { CatalogDb, CatalogTx } from '../../store/tables.ts'
import { changedText, inBoth } from '../../text.ts'
import type { AdminProductType, ChangeProductTypeBody, CreateProductTypeBody } from '../schema.ts'

type Needs = Readonly<{ db: CatalogDb; catalogCache: CatalogCache }>

type UnknownAttribute = Refused<'unknown-attribute'> & Readonly<{ attribute: string }>

export type SavedType = Readonly<{ kind: 'saved'; type: AdminProductType }>

export type SaveTypeOutcome =
  | SavedType
  | NotFound
  | Refused<'code-taken' | 'plural-taken' | 'plural-reserved'>
  | UnknownAttribute

export type DeleteTypeOutcome = Readonly<{ kind: 'deleted' }> | NotFound | Refused<'in-use'>

export type CreateType = (
  body: CreateProductTypeBody,
  storeResponse: StoreResponse<SavedType>,
) => Promise<SaveTypeOutcome>

/** `locale` is the language of a text that is given in one. */
export type ChangeType = (code: string, change: ChangeProductTypeBody, locale: Locale) => Promise<SaveTypeOutcome>

export type DeleteType = (code: string) => Promise<DeleteTypeOutcome>

const conflicts = {
  types_pkey: 'code-taken',
  type_plural: 'plural-taken',
  type_plural_reserved: 'plural-reserved',
} as const

export const createType =
  ({ db, catalogCache }: Needs): CreateType =>
  (input, storeResponse) =>
    transaction(
      db,
      async (tx): Promise<SaveTypeOutcome> => {
        const { code, plural } = input
        const type = { code, plural, name: inBoth(input.name), attributes: unique(input.attributes ?? []) }
        const unknown = await lockAttributes(tx, type.attributes)
        if (unknown) return unknown
        await tx
          .insertInto('catalog.types')
          .values({ code, plural, name: JSON.stringify(type.name) })
          .execute()
        await saveAttributes(tx, type)
        catalogCache.invalidateAll(tx)
        const outcome = { kind: 'saved', type } as const
        await storeResponse(tx, outcome)
        return outcome
      },
      { conflicts },
    )

export const changeType =
  ({ db, catalogCache }: Needs): ChangeType =>
  (code, change, locale) =>
    transaction(
      db,
      async (tx): Promise<SaveTypeOutcome> => {
        const before = await tx
          .selectFrom('catalog.types')
          .selectAll()
          .where('code', '=', code)
          .forUpdate()
          .executeTakeFirst()
        if (!before) return notFound('type of product')
        const type = {
          code,
          plural: change.plural ?? before.plural,
          name: changedText(before.name, change.name, locale),
          attributes: unique(change.attributes ?? (await listAttributeCodes(tx, code))),
        }
        const unknown = await lockAttributes(tx, type.attributes)
        if (unknown) return unknown
        await tx
          .updateTable('catalog.types')
          .set({ plural: type.plural, name: JSON.stringify(type.name) })
          .where('code', '=', code)
          .execute()
        await saveAttributes(tx, type)
        catalogCache.invalidateAll(tx)
        return { kind: 'saved', type }
      },
      { conflicts },
    )

export const deleteType =
  ({ db, catalogCache }: Needs): DeleteType =>
  (code) =>
    transaction(
      db,
      async (tx): Promise<DeleteTypeOutcome> => {
        const { numDeletedRows } = await tx.deleteFrom('catalog.types').where('code', '=', code).executeTakeFirst()
        if (numDeletedRows === 0n) return notFound('type of product')
        catalogCache.invalidateAll(tx)
        return { kind: 'deleted' }
      },
      { conflicts: { products_type_code_fkey: 'in-use' } },
    )

const unique = (codes: readonly string[]): string[] => [...new Set(codes)]

async function listAttributeCodes(tx: CatalogTx, type_code: string): Promise<string[]> {
  const rows = await tx
    .selectFrom('catalog.type_attributes')
    .select('attribute_code')
    .where('type_code', '=', type_code)
    .orderBy('position')
    .execute()
  return rows.map(({ attribute_code }) => attribute_code)
}

/** Locks the attributes of a type, so that they exist until the commit; refuses the first that does not exist. */
async function lockAttributes(tx: CatalogTx, codes: readonly string[]): Promise<UnknownAttribute | undefined> {
  if (codes.length === 0) return undefined
  const rows = await tx
    .selectFrom('catalog.attributes')
    .select('code')
    .where(sql<boolean>`code = any(${codes}::text[])`)
    .orderBy('code')
    .forKeyShare()
    .execute()
  const unknown = codes.find((code) => !rows.some((row) => row.code === code))
  return unknown === undefined ? undefined : { kind: 'refused', reason: 'unknown-attribute', attribute: unknown }
}

async function saveAttributes(tx: CatalogTx, { code, attributes }: AdminProductType): Promise<void> {
  await tx.deleteFrom('catalog.type_attributes').where('type_code', '=', code).execute()
  await sql`
    insert into catalog.type_attributes (type_code, attribute_code, position)
    select ${code}, attribute_code, ordinality - 1
    from unnest(${attributes}::text[]) with ordinality as given(attribute_code, ordinality)`.execute(tx)
}
