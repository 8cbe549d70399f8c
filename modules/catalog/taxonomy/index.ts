import type { Routes } from '#platform/http'
import type { CatalogCache } from '../store/catalog-cache.ts'
import type { CatalogDb } from '../store/tables.ts'
import { changeAttribute } from './change-attribute/change-attribute.ts'
import { changeAttributeRoute } from './change-attribute/route.ts'
import { changeCategory } from './change-category/change-category.ts'
import { changeCategoryRoute } from './change-category/route.ts'
import { changeTag } from './change-tag/change-tag.ts'
import { changeTagRoute } from './change-tag/route.ts'
import { changeType } from './change-type/change-type.ts'
import { changeTypeRoute } from './change-type/route.ts'
import { createAttribute } from './create-attribute/create-attribute.ts'
import { createAttributeRoute } from './create-attribute/route.ts'
import { createCategory } from './create-category/create-category.ts'
import { createCategoryRoute } from './create-category/route.ts'
import { createTag } from './create-tag/create-tag.ts'
import { createTagRoute } from './create-tag/route.ts'
import { createType } from './create-type/create-type.ts'
import { createTypeRoute } from './create-type/route.ts'
import { deleteAttribute } from './delete-attribute/delete-attribute.ts'
import { deleteAttributeRoute } from './delete-attribute/route.ts'
import { deleteCategory } from './delete-category/delete-category.ts'
import { deleteCategoryRoute } from './delete-category/route.ts'
import { deleteTag } from './delete-tag/delete-tag.ts'
import { deleteTagRoute } from './delete-tag/route.ts'
import { deleteType } from './delete-type/delete-type.ts'
import { deleteTypeRoute } from './delete-type/route.ts'
import { listAdminTaxonomy, listTaxonomy } from './list-taxonomy/query.ts'
import { listTaxonomyRoutes } from './list-taxonomy/route.ts'

type Needs = Readonly<{ db: CatalogDb; catalogCache: CatalogCache }>

/** The terms that describe products: categories, tags, types and attributes. */
export const taxonomy = (needs: Needs): Readonly<{ routes: readonly Routes[] }> => ({
  routes: [
    listTaxonomyRoutes({ listTaxonomy: listTaxonomy(needs), listAdminTaxonomy: listAdminTaxonomy(needs.db) }),
    createCategoryRoute({ createCategory: createCategory(needs) }),
    changeCategoryRoute({ changeCategory: changeCategory(needs) }),
    deleteCategoryRoute({ deleteCategory: deleteCategory(needs) }),
    createTagRoute({ createTag: createTag(needs) }),
    changeTagRoute({ changeTag: changeTag(needs) }),
    deleteTagRoute({ deleteTag: deleteTag(needs) }),
    createAttributeRoute({ createAttribute: createAttribute(needs) }),
    changeAttributeRoute({ changeAttribute: changeAttribute(needs) }),
    deleteAttributeRoute({ deleteAttribute: deleteAttribute(needs) }),
    createTypeRoute({ createType: createType(needs) }),
    changeTypeRoute({ changeType: changeType(needs) }),
    deleteTypeRoute({ deleteType: deleteType(needs) }),
  ],
})
