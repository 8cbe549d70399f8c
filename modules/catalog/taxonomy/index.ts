import type { Routes } from '#platform/http'
import type { CatalogCache } from '../store/catalog-cache.ts'
import type { CatalogDb } from '../store/tables.ts'
import { changeAttribute, createAttribute, deleteAttribute } from './edit-attributes/edit-attributes.ts'
import { editAttributesRoutes } from './edit-attributes/route.ts'
import { changeCategory, createCategory, deleteCategory } from './edit-categories/edit-categories.ts'
import { editCategoriesRoutes } from './edit-categories/route.ts'
import { changeTag, createTag, deleteTag } from './edit-tags/edit-tags.ts'
import { editTagsRoutes } from './edit-tags/route.ts'
import { changeType, createType, deleteType } from './edit-types/edit-types.ts'
import { editTypesRoutes } from './edit-types/route.ts'
import { listTaxonomyRoutes } from './list-taxonomy/route.ts'

type Needs = Readonly<{ db: CatalogDb; catalogCache: CatalogCache }>

/** The terms that describe products: categories, tags, types and attributes. */
export function taxonomy(needs: Needs): Readonly<{ routes: readonly Routes[] }> {
  const categories = {
    create: createCategory(needs),
    change: changeCategory(needs),
    remove: deleteCategory(needs),
  }
  const tags = { create: createTag(needs), change: changeTag(needs), remove: deleteTag(needs) }
  const attributes = {
    create: createAttribute(needs),
    change: changeAttribute(needs),
    remove: deleteAttribute(needs),
  }
  const types = { create: createType(needs), change: changeType(needs), remove: deleteType(needs) }
  return {
    routes: [
      listTaxonomyRoutes(needs),
      editCategoriesRoutes(categories),
      editTagsRoutes(tags),
      editAttributesRoutes(attributes),
      editTypesRoutes(types),
    ],
  }
}
