import type { Subscription } from '#platform/events'
import type { Routes } from '#platform/http'
import { storeNothing } from '#platform/outcome'
import type { Clock } from '#platform/values'
import type { CatalogApi } from '../api.ts'
import type { CatalogCache } from '../store/catalog-cache.ts'
import type { CatalogDb } from '../store/tables.ts'
import { correctStock } from '../stock/correct-stock/correct-stock.ts'
import { findType } from '../taxonomy/store/types.ts'
import { addVariant } from './add-variant/add-variant.ts'
import { addVariantRoutes } from './add-variant/route.ts'
import { changeProduct } from './change-product/change-product.ts'
import { changeProductRoute } from './change-product/route.ts'
import { changeVariant } from './change-variant/change-variant.ts'
import { changeVariantRoutes } from './change-variant/route.ts'
import { createProduct } from './create-product/create-product.ts'
import { createProductRoutes } from './create-product/route.ts'
import { deleteBrewProfile } from './delete-brew-profile/delete-brew-profile.ts'
import { deleteBrewProfileRoute } from './delete-brew-profile/route.ts'
import { deleteProduct } from './delete-product/delete-product.ts'
import { deleteProductRoute } from './delete-product/route.ts'
import { deleteVariant } from './delete-variant/delete-variant.ts'
import { deleteVariantRoutes } from './delete-variant/route.ts'
import { exportProducts, type ExportProducts } from './export-products/query.ts'
import { exportProductsRoute } from './export-products/route.ts'
import { importProductsRoute } from './import-products/route.ts'
import { importProducts, type ImportProducts } from './import-products/import-products.ts'
import type { ImportWrites } from './import-products/write-line.ts'
import { listAdminProducts } from './list-admin-products/query.ts'
import { listAdminProductsRoutes } from './list-admin-products/route.ts'
import { listBrewProfiles } from './list-brew-profiles/query.ts'
import { listBrewProfilesRoute } from './list-brew-profiles/route.ts'
import { hasProduct } from './show-admin-product/query.ts'
import { listOffers } from './list-offers/query.ts'
import { saveImages } from './save-images/save-images.ts'
import { saveImagesSubscription } from './save-images/subscriber.ts'
import { saveBrewProfileRoutes } from './save-brew-profile/route.ts'
import { saveBrewProfile } from './save-brew-profile/save-brew-profile.ts'
import { showAdminProduct } from './show-admin-product/query.ts'
import { showAdminProductRoute } from './show-admin-product/route.ts'
import { showProduct } from './show-product/query.ts'
import { showProductRoutes } from './show-product/route.ts'

type Needs = Readonly<{ db: CatalogDb; now: Clock; catalogCache: CatalogCache }>

type Products = Readonly<{
  offersOf: CatalogApi['offersOf']
  hasProduct: CatalogApi['hasProduct']
  routes: readonly Routes[]
  subscriptions: readonly Subscription[]
}>

/** Products, their variants, bundles and brew profiles. */
export const products = (needs: Needs): Products => ({
  offersOf: listOffers(needs.db),
  hasProduct: hasProduct(needs.db),
  subscriptions: [saveImagesSubscription({ saveImages: saveImages(needs) })],
  routes: [
    showProductRoutes({ showProduct: showProduct(needs), findType: findType(needs) }),
    createProductRoutes({ createProduct: createProduct(needs), findType: findType(needs) }),
    changeProductRoute({ changeProduct: changeProduct(needs) }),
    deleteProductRoute({ deleteProduct: deleteProduct(needs) }),
    showAdminProductRoute({ showAdminProduct: showAdminProduct(needs.db) }),
    listAdminProductsRoutes({ listAdminProducts: listAdminProducts(needs.db) }),
    addVariantRoutes({ addVariant: addVariant(needs) }),
    changeVariantRoutes({ changeVariant: changeVariant(needs) }),
    deleteVariantRoutes({ deleteVariant: deleteVariant(needs) }),
    listBrewProfilesRoute({ listBrewProfiles: listBrewProfiles(needs.db) }),
    saveBrewProfileRoutes({ saveBrewProfile: saveBrewProfile(needs) }),
    deleteBrewProfileRoute({ deleteBrewProfile: deleteBrewProfile(needs) }),
    importProductsRoute(productFiles(needs)),
    exportProductsRoute(productFiles(needs)),
  ],
})

type ProductFiles = Readonly<{ importProducts: ImportProducts; exportProducts: ExportProducts }>

/** Product files for people who edit the catalog in a spreadsheet. */
export const productFiles = (needs: Needs): ProductFiles => ({
  importProducts: importProducts({
    db: needs.db,
    writesIn: (tx) => importWrites({ ...needs, db: tx }),
  }),
  exportProducts: exportProducts(needs.db),
})

const importWrites = (needs: Needs): ImportWrites => ({
  createProduct: ({ body, user_id }) => createProduct(needs)(body, user_id, storeNothing),
  // Every text of a file is in both languages, so the language of its author changes nothing.
  changeProduct: ({ id, change }) => changeProduct(needs)(id, change, 'ru'),
  addVariant: (addition) => addVariant(needs)(addition, storeNothing),
  changeVariant: ({ id, change }) => changeVariant(needs)(id, change, 'ru'),
  correctStock: (correction) => correctStock(needs)(correction, storeNothing),
})
