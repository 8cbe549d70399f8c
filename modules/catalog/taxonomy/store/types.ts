import { notFound, type NotFound } from '#platform/outcome'
import type { CatalogCache } from '../../store/catalog-cache.ts'
import type { CatalogDb, CatalogTx } from '../../store/tables.ts'
import type { AllowedAttribute } from '../attribute.ts'
import type { AdminProductType } from '../schema.ts'

/** The attributes that products of this type may have; undefined when the type does not exist. */
export async function findAllowedAttributes(
  db: CatalogDb,
  type_code: string,
): Promise<readonly AllowedAttribute[] | undefined> {
  const rows = await db
    .selectFrom('catalog.types as type')
    .leftJoin('catalog.type_attributes as assigned', 'assigned.type_code', 'type.code')
    .leftJoin('catalog.attributes as attribute', 'attribute.code', 'assigned.attribute_code')
    .select(['attribute.code', 'attribute.kind', 'attribute.values'])
    .where('type.code', '=', type_code)
    .execute()
  if (rows.length === 0) return undefined
  return rows.flatMap(({ code, kind, values }) => (code && kind && values ? [{ code, kind, values }] : []))
}

type Needs = Readonly<{ db: CatalogDb; catalogCache: CatalogCache }>

export type FindType = (plural: string) => Promise<Readonly<{ kind: 'found'; code: string }> | NotFound>

/** Finds a type by its plural, which stands in addresses. */
export const findType =
  ({ db, catalogCache }: Needs): FindType =>
  async (plural) => {
    const code = await catalogCache.idOf(`type:${plural}`, async () => {
      const type = await db.selectFrom('catalog.types').select('code').where('plural', '=', plural).executeTakeFirst()
      return type?.code
    })
    return code === undefined ? notFound('type of product') : { kind: 'found', code }
  }

type ProductType = Omit<AdminProductType, 'attributes'>

export const lockType = (tx: CatalogTx, code: string): Promise<ProductType | undefined> =>
  tx.selectFrom('catalog.types').selectAll().where('code', '=', code).forUpdate().executeTakeFirst()

export async function insertType(tx: CatalogTx, { code, plural, name }: ProductType): Promise<void> {
  const row = { code, plural, name: JSON.stringify(name) }
  await tx.insertInto('catalog.types').values(row).execute()
}

export async function updateType(tx: CatalogTx, { code, plural, name }: ProductType): Promise<void> {
  const change = { plural, name: JSON.stringify(name) }
  await tx.updateTable('catalog.types').set(change).where('code', '=', code).execute()
}
