import { sql } from 'kysely'
import type { CatalogApi, ProductCategories } from '../../api.ts'
import type { CatalogDb } from '../../store/tables.ts'

/** The most levels that a tree of categories is read to. */
const maxLevels = 20

/** Finds the categories of products, with those above them. A product without a category is left out. */
export const findCategories =
  (db: CatalogDb): CatalogApi['categoriesOf'] =>
  async (product_ids, over = db) => {
    const { rows } = await sql<ProductCategories>`
      with recursive above as (
        select product.id as product_id, category.id, category.parent_id, 1 as level
        from catalog.products product join catalog.categories category on category.id = product.category_id
        where product.id = any(${product_ids}::uuid[])
        union all
        select above.product_id, category.id, category.parent_id, level + 1
        from above join catalog.categories category on category.id = above.parent_id where level < ${maxLevels}
      )
      select product_id, array_agg(id::text) as category_ids from above group by product_id
    `.execute(over)
    return rows
  }
