import type { Routes } from '#platform/http'
import type { Clock } from '#platform/values'
import type { CatalogApi } from '../api.ts'
import type { CatalogCache } from '../store/catalog-cache.ts'
import type { CatalogDb } from '../store/catalog-tables.ts'
import { findType } from '../taxonomy/store/types.ts'
import { addVariant } from './add-variant/add-variant.ts'
import { addVariantRoutes } from './add-variant/route.ts'
import { changeProduct } from './change-product/change-product.ts'
import { changeProductRoute } from './change-product/route.ts'
import { changeVariant } from './change-variant/change-variant.ts'
import { changeVariantRoutes } from './change-variant/route.ts'
import { createProduct } from './create-product/create-product.ts'
import { createProductRoutes } from './create-product/route.ts'
import { listAdminProductsRoutes } from './list-admin-products/route.ts'
import { listBrewProfiles } from './list-brew-profiles/query.ts'
import { listBrewProfilesRoute } from './list-brew-profiles/route.ts'
import { listOffers } from './list-offers/query.ts'
import { removeBrewProfile } from './remove-brew-profile/remove-brew-profile.ts'
import { removeBrewProfileRoute } from './remove-brew-profile/route.ts'
import { removeProduct } from './remove-product/remove-product.ts'
import { removeProductRoute } from './remove-product/route.ts'
import { removeVariant } from './remove-variant/remove-variant.ts'
import { removeVariantRoutes } from './remove-variant/route.ts'
import { saveBrewProfileRoutes } from './save-brew-profile/route.ts'
import { saveBrewProfile } from './save-brew-profile/save-brew-profile.ts'
import { showAdminProductRoute } from './show-admin-product/route.ts'
import { showProductRoutes } from './show-product/route.ts'

type Needs = Readonly<{ db: CatalogDb; now: Clock; catalogCache: CatalogCache }>

type Products = Readonly<{ offersOf: CatalogApi['offersOf']; routes: readonly Routes[] }>

/** Products, their variants, bundles and brew profiles. */
export const products = (needs: Needs): Products => ({
  offersOf: listOffers(needs.db),
  routes: [
    showProductRoutes(needs, findType(needs)),
    createProductRoutes(createProduct(needs), findType(needs)),
    changeProductRoute(changeProduct(needs)),
    removeProductRoute(removeProduct(needs)),
    showAdminProductRoute(needs),
    listAdminProductsRoutes(needs),
    addVariantRoutes(addVariant(needs)),
    changeVariantRoutes(changeVariant(needs)),
    removeVariantRoutes(removeVariant(needs)),
    listBrewProfilesRoute(listBrewProfiles(needs.db)),
    saveBrewProfileRoutes(saveBrewProfile(needs)),
    removeBrewProfileRoute(removeBrewProfile(needs)),
  ],
})
