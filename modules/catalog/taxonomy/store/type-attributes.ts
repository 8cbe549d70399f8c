import { sql } from 'kysely'
import type { Refused } from '#platform/outcome'
import type { CatalogTx } from '../../store/tables.ts'
import type { AdminProductType } from '../schema.ts'

export type UnknownAttribute = Refused<'unknown-attribute'> & Readonly<{ attribute: string }>

/** Locks the attributes of a type, so that they exist until the commit; refuses the first that does not exist. */
export async function lockAttributes(tx: CatalogTx, codes: readonly string[]): Promise<UnknownAttribute | undefined> {
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

export async function listAttributeCodes(tx: CatalogTx, type_code: string): Promise<string[]> {
  const rows = await tx
    .selectFrom('catalog.type_attributes')
    .select('attribute_code')
    .where('type_code', '=', type_code)
    .orderBy('position')
    .execute()
  return rows.map(({ attribute_code }) => attribute_code)
}

/** Replaces the attributes of a type, in their order. */
export async function saveTypeAttributes(tx: CatalogTx, { code, attributes }: AdminProductType): Promise<void> {
  await tx.deleteFrom('catalog.type_attributes').where('type_code', '=', code).execute()
  await sql`
    insert into catalog.type_attributes (type_code, attribute_code, position)
    select ${code}, attribute_code, ordinality - 1
    from unnest(${attributes}::text[]) with ordinality as given(attribute_code, ordinality)`.execute(tx)
}
