import type { Kysely, Transaction } from 'kysely'
import { transaction } from '#platform/db'
import type { StoreResponse } from '#platform/outcome'
import type { Localized } from '#platform/values'
import type { Shelf } from '../shelf.ts'
import type { CatalogTables } from '../tables.ts'
import { orRefused } from '../taken.ts'
import { inBoth } from '../text.ts'

type Needs = Readonly<{ db: Kysely<CatalogTables>; shelf: Shelf }>

type WholeType = Readonly<{ code: string; plural: string; name: Localized; attributes: readonly string[] }>

type TypeChange = Readonly<{ plural?: string; name?: string | Localized; attributes?: readonly string[] }>
type TypeInput = TypeChange & Readonly<{ code: string; plural: string; name: string | Localized }>

export type TypeOutcome =
  | Readonly<{ kind: 'kept'; type: WholeType }>
  | Readonly<{ kind: 'removed' }>
  | Readonly<{ kind: 'absent' }>
  | Readonly<{
      kind: 'refused'
      reason: 'code-taken' | 'plural-taken' | 'plural-reserved' | 'unknown-attribute' | 'in-use'
    }>

export type EditTypes = Readonly<{
  create: (input: TypeInput, storeResponse: StoreResponse<TypeOutcome>) => Promise<TypeOutcome>
  change: (code: string, change: TypeChange) => Promise<TypeOutcome>
  remove: (code: string) => Promise<TypeOutcome>
}>

const reasons = {
  types_pkey: 'code-taken',
  type_plural: 'plural-taken',
  type_plural_reserved: 'plural-reserved',
  type_attributes_attribute_code_fkey: 'unknown-attribute',
} as const

export const editTypes = ({ db, shelf }: Needs): EditTypes => ({
  create: (input, storeResponse) =>
    orRefused(
      transaction(db, async (tx): Promise<TypeOutcome> => {
        const { code, plural } = input
        const type = { code, plural, name: inBoth(input.name), attributes: unique(input.attributes ?? []) }
        await tx
          .insertInto('catalog.types')
          .values({ code, plural, name: JSON.stringify(type.name) })
          .execute()
        await keepAttributes(tx, type)
        shelf.changed(tx)
        const outcome = { kind: 'kept', type } as const
        await storeResponse(tx, outcome)
        return outcome
      }),
      reasons,
    ),
  change: (code, change) =>
    orRefused(
      transaction(db, async (tx): Promise<TypeOutcome> => {
        const before = await tx
          .selectFrom('catalog.types')
          .selectAll()
          .where('code', '=', code)
          .forUpdate()
          .executeTakeFirst()
        if (!before) return { kind: 'absent' }
        const type = {
          code,
          plural: change.plural ?? before.plural,
          name: inBoth(change.name ?? before.name),
          attributes: unique(change.attributes ?? (await attributesOf(tx, code))),
        }
        await tx
          .updateTable('catalog.types')
          .set({ plural: type.plural, name: JSON.stringify(type.name) })
          .where('code', '=', code)
          .execute()
        await keepAttributes(tx, type)
        shelf.changed(tx)
        return { kind: 'kept', type }
      }),
      reasons,
    ),
  remove: (code) =>
    orRefused(
      transaction(db, async (tx): Promise<TypeOutcome> => {
        const { numDeletedRows } = await tx.deleteFrom('catalog.types').where('code', '=', code).executeTakeFirst()
        if (numDeletedRows === 0n) return { kind: 'absent' }
        shelf.changed(tx)
        return { kind: 'removed' }
      }),
      { products_type_code_fkey: 'in-use' },
    ),
})

const unique = (codes: readonly string[]): string[] => [...new Set(codes)]

async function attributesOf(tx: Transaction<CatalogTables>, code: string): Promise<string[]> {
  const rows = await tx
    .selectFrom('catalog.type_attributes')
    .select('attribute_code')
    .where('type_code', '=', code)
    .orderBy('position')
    .execute()
  return rows.map(({ attribute_code }) => attribute_code)
}

async function keepAttributes(tx: Transaction<CatalogTables>, { code, attributes }: WholeType): Promise<void> {
  await tx.deleteFrom('catalog.type_attributes').where('type_code', '=', code).execute()
  const rows = attributes.map((attribute_code, position) => ({ type_code: code, attribute_code, position }))
  if (rows.length > 0) await tx.insertInto('catalog.type_attributes').values(rows).execute()
}
