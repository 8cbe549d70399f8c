import { sql, type Kysely } from 'kysely'
import { Type } from 'typebox'
import { notFound, type Routes } from '#platform/http'
import { idAfter, pageOf, windowOf } from '#platform/outcome'
import { Page, PageQuery } from '#platform/schema'
import { Id, IdParams, orNull } from '../shapes.ts'
import type { CatalogTables } from '../tables.ts'

const Movement = Type.Object({
  id: Id,
  kind: Type.Union([Type.Literal('opening'), Type.Literal('correction'), Type.Literal('sale')]),
  delta: Type.Integer(),
  reason: Type.String(),
  order_id: orNull(Id),
  user_id: orNull(Id),
  moved_at: Type.String({ format: 'date-time' }),
})

export const showMovementsRoute =
  ({ db }: Readonly<{ db: Kysely<CatalogTables> }>): Routes =>
  (http) => {
    http.get(
      '/admin/variants/:id/movements',
      {
        schema: {
          tags: ['catalog'],
          summary: 'Why so many pieces are on hand: newest first',
          params: IdParams,
          querystring: Type.Object(PageQuery, { additionalProperties: false }),
          response: { 200: Page(Movement) },
        },
        config: { access: { permission: 'catalog.write' } },
      },
      async (request) => {
        const { id } = request.params
        const window = windowOf(request.query)
        const after = idAfter(window)
        const variant = await db.selectFrom('catalog.variants').select('id').where('id', '=', id).executeTakeFirst()
        if (!variant) throw notFound('variant')
        const { rows: counted } = await sql<{ total: number }>`
          select count(*)::int as total from (
            select from catalog.movements where variant_id = ${id} limit 1001) counted`.execute(db)
        const items = await db
          .selectFrom('catalog.movements')
          .select(['id', 'kind', 'delta', 'reason', 'order_id', 'user_id', 'moved_at'])
          .where('variant_id', '=', id)
          .$if(after !== undefined, (query) => query.where('id', '<', after!))
          .orderBy('id', 'desc')
          .limit(window.limit + 1)
          .offset(window.offset)
          .execute()
        const total = counted[0]?.total ?? 0
        return pageOf({
          items: items.map((item) => ({ ...item, moved_at: item.moved_at.toISOString() })),
          total: Math.min(total, 1000),
          total_capped: total > 1000,
          window,
          cursorOf: (last) => [last.id],
        })
      },
    )
  }
