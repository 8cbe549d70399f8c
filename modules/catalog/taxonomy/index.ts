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
import { listAdminTaxonomy, listTaxonomy } from './list-taxonomy/query.ts'
import { listTaxonomyRoutes } from './list-taxonomy/route.ts'

type Needs = Readonly<{ db: CatalogDb; catalogCache: CatalogCache }>

/** The terms that describe products: categories, tags, types and attributes. */
export const taxonomy = (needs: Needs): Readonly<{ routes: readonly Routes[] }> => ({
  routes: [
    listTaxonomyRoutes({ listTaxonomy: listTaxonomy(needs), listAdminTaxonomy: listAdminTaxonomy(needs.db) }),
    editCategoriesRoutes({
      createCategory: createCategory(needs),
      changeCategory: changeCategory(needs),
      deleteCategory: deleteCategory(needs),
    }),
    editTagsRoutes({
      createTag: createTag(needs),
      changeTag: changeTag(needs),
      deleteTag: deleteTag(needs),
    }),
    editAttributesRoutes({
      createAttribute: createAttribute(needs),
      changeAttribute: changeAttribute(needs),
      deleteAttribute: deleteAttribute(needs),
    }),
    editTypesRoutes({
      createType: createType(needs),
      changeType: changeType(needs),
      deleteType: deleteType(needs),
    }),
  ],
})
