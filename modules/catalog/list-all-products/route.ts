import { sql, type Kysely } from 'kysely'
import { Type } from 'typebox'
import { notFound, type Routes } from '#platform/http'
import { idAfter, pageOf, windowOf } from '#platform/outcome'
import { Page, PageQuery } from '#platform/schema'
import { readWholes, WholeProduct } from '../read-whole.ts'
import { Code, IdParams } from '../shapes.ts'
import type { CatalogTables } from '../tables.ts'

const Query = Type.Object(
  {
    ...PageQuery,
    type: Type.Optional(Code),
    is_active: Type.Optional(Type.Boolean()),
    is_archived: Type.Optional(Type.Boolean()),
    search: Type.Optional(
      Type.String({ maxLength: 200, pattern: '^[^\\u0000]*$', description: 'Part of a name, or a SKU' }),
    ),
    bundles: Type.Optional(Type.Boolean({ description: 'true: only products with a bundle' })),
  },
  { additionalProperties: false },
)

const tags = ['catalog admin']
const access = { permission: 'catalog.write' }

export const listAllProductsRoute =
  ({ db }: Readonly<{ db: Kysely<CatalogTables> }>): Routes =>
  (http) => {
    for (const path of ['/admin/products', '/admin/bundles']) {
      http.get(
        path,
        {
          schema: {
            tags,
            summary: 'Every product, sold or not, newest first',
            querystring: Query,
            response: { 200: Page(WholeProduct) },
          },
          config: { access },
        },
        async (request) => listAll(db, { ...request.query, ...(path === '/admin/bundles' && { bundles: true }) }),
      )
    }
    http.get(
      '/admin/products/:id',
      {
        schema: { tags, summary: 'A product as staff see it', params: IdParams, response: { 200: WholeProduct } },
        config: { access },
      },
      async (request) => {
        const [product] = await readWholes(db, [request.params.id])
        if (!product) throw notFound('product')
        return product
      },
    )
  }

type Query = Type.Static<typeof Query>

async function listAll(db: Kysely<CatalogTables>, query: Query) {
  const window = windowOf(query)
  const after = idAfter(window)
  const filter = sql.join([sql`true`, ...conditions(query)], sql` and `)
  const [{ rows }, { rows: counted }] = await Promise.all([
    sql<{ id: string }>`/* replanned */ select p.id from catalog.products p
      where ${filter} ${after === undefined ? sql`` : sql`and p.id < ${after}`}
      order by p.id desc limit ${window.limit + 1} offset ${window.offset}`.execute(db),
    sql<{ total: number }>`/* replanned */ select count(*)::int as total from (
      select from catalog.products p where ${filter} limit 1001) counted`.execute(db),
  ])
  const total = counted[0]?.total ?? 0
  const items = await readWholes(
    db,
    rows.map(({ id }) => id),
  )
  return pageOf({
    items,
    total: Math.min(total, 1000),
    total_capped: total > 1000,
    window,
    cursorOf: (last) => [last.id],
  })
}

function conditions({ type, is_active, is_archived, search, bundles }: Query) {
  const part = search && `%${search.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`
  return [
    ...(type !== undefined ? [sql`p.type_code = ${type}`] : []),
    ...(is_active !== undefined ? [sql`p.is_active = ${is_active}`] : []),
    ...(is_archived !== undefined ? [sql`(p.archived_at is not null) = ${is_archived}`] : []),
    ...(bundles ? [sql`exists (select from catalog.variants v where v.product_id = p.id and v.kind = 'bundle')`] : []),
    ...(part
      ? [
          sql`(p.name ->> 'ru' ilike ${part} or p.name ->> 'en' ilike ${part}
          or exists (select from catalog.variants v where v.product_id = p.id and v.sku ilike ${part}))`,
        ]
      : []),
  ]
}
