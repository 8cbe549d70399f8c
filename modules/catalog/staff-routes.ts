import type { Kysely } from 'kysely'
import type { Routes } from '#platform/http'
import type { Clock } from '#platform/values'
import { changeProduct } from './change-product/change-product.ts'
import { changeProductRoute } from './change-product/route.ts'
import { correctStock } from './correct-stock/correct-stock.ts'
import { correctStockRoute } from './correct-stock/route.ts'
import { createProduct } from './create-product/create-product.ts'
import { createProductRoute } from './create-product/route.ts'
import { editAttributes } from './edit-attributes/edit-attributes.ts'
import { editAttributesRoute } from './edit-attributes/route.ts'
import { keepBrewProfile, removeBrewProfile } from './edit-brew-profiles/edit-brew-profiles.ts'
import { keepBrewProfileRoute, removeBrewProfileRoute, showBrewProfilesRoute } from './edit-brew-profiles/route.ts'
import { editCategories } from './edit-categories/edit-categories.ts'
import { editCategoriesRoute } from './edit-categories/route.ts'
import { editTags } from './edit-tags/edit-tags.ts'
import { editTagsRoute } from './edit-tags/route.ts'
import { editTypes } from './edit-types/edit-types.ts'
import { editTypesRoute } from './edit-types/route.ts'
import { addVariant } from './edit-variants/add-variant.ts'
import { changeVariant } from './edit-variants/change-variant.ts'
import { removeVariant } from './edit-variants/remove-variant.ts'
import { addVariantRoute, changeVariantRoute, removeVariantRoute } from './edit-variants/route.ts'
import { listAllProductsRoute } from './list-all-products/route.ts'
import { removeProduct } from './remove-product/remove-product.ts'
import { removeProductRoute } from './remove-product/route.ts'
import { showMovementsRoute } from './show-movements/route.ts'
import type { Shelf } from './shelf.ts'
import type { CatalogTables } from './tables.ts'
import { typeOf } from './type-of.ts'

type Needs = Readonly<{ db: Kysely<CatalogTables>; now: Clock; shelf: Shelf }>

/** Everything under /admin, and the form in which staff add a product of a type. */
export const staffRoutes = (needs: Needs): readonly Routes[] => [
  createProductRoute(createProduct(needs), (plural) => typeOf(needs, plural)),
  changeProductRoute(changeProduct(needs)),
  removeProductRoute(removeProduct(needs)),
  listAllProductsRoute(needs),
  addVariantRoute(addVariant(needs)),
  changeVariantRoute(changeVariant(needs)),
  removeVariantRoute(removeVariant(needs)),
  correctStockRoute(correctStock(needs)),
  showMovementsRoute(needs),
  showBrewProfilesRoute(needs),
  keepBrewProfileRoute(keepBrewProfile(needs)),
  removeBrewProfileRoute(removeBrewProfile(needs)),
  editCategoriesRoute(editCategories(needs)),
  editTagsRoute(editTags(needs)),
  editAttributesRoute(editAttributes(needs)),
  editTypesRoute(editTypes(needs)),
]
