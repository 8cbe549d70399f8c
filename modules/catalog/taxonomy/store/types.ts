import { notFound, type NotFound } from '#platform/outcome'
import type { CatalogCache } from '../../store/catalog-cache.ts'
import type { CatalogDb } from '../../store/tables.ts'
import type { AllowedAttribute } from '../attribute.ts'

/** The attributes that products of this type may have; undefined when the type does not exist. */
export async function findAllowedAttributes(
  db: CatalogDb,
  type_code: string,
): Promise<readonly AllowedAttribute[] | undefined> {
  const rows = await db
    .selectFrom('catalog.types as t')
    .leftJoin('catalog.type_attributes as ta', 'ta.type_code', 't.code')
    .leftJoin('catalog.attributes as a', 'a.code', 'ta.attribute_code')
    .select(['a.code', 'a.kind', 'a.values'])
    .where('t.code', '=', type_code)
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
