import { sql, type Expression } from 'kysely'
import type { Locale } from '#platform/values'
import { productColumns, type ProductColumns } from '../schema.ts'

const columns = Object.keys(productColumns) as (keyof ProductColumns)[]

/** The columns that every reader sees as they are, of `catalog.products product`. */
export const selectColumns = sql.join(columns.map((column) => sql.ref(`product.${column}`)))

/** The columns that an input gives. */
export const givenColumns = (input: Partial<ProductColumns>): Partial<ProductColumns> =>
  Object.fromEntries(columns.flatMap((column) => (input[column] === undefined ? [] : [[column, input[column]]])))

/** The components of a bundle as jsonb: `BundleComponent[]`; null for a plain variant. */
export const selectComponents = (variant_id: string, locale: Locale | Expression<unknown>) => sql`(
  select jsonb_agg(jsonb_build_object('variant_id', part.component_id, 'product_id', component.product_id,
      'quantity', part.quantity, 'name', product.name ->> ${locale}, 'title', component.title ->> ${locale},
      'substitute_ids', part.substitute_ids)
    order by part.position, part.component_id)
  from catalog.bundle_components part join catalog.variants component on component.id = part.component_id
  join catalog.products product on product.id = component.product_id
  where part.bundle_id = ${sql.ref(variant_id)})`
