import { sql } from 'kysely'
import type { CrossCheck } from './cross-check.ts'

/** The lines of orders and the variants of the catalog. The cart has a check of its own lines. */
export const lineChecks: readonly CrossCheck[] = [
  {
    name: 'ordered-variant-exists',
    description: 'Every line of an order that has not ended, and every component of it, is a variant of the catalog.',
    modules: ['ordering', 'catalog'],
    violations: sql`
      select placed.id as order_id, piece.variant_id
      from ordering.orders as placed join ordering.lines as line on line.order_id = placed.id
        cross join lateral (
          select line.variant_id
          union
          select (component ->> 'variant_id')::uuid from jsonb_array_elements(line.components) as component
        ) as piece
      where placed.status not in ('fulfilled', 'cancelled')
        and not exists (select from catalog.variants as variant where variant.id = piece.variant_id)
      limit 100
    `,
  },
]
