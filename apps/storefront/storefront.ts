import type { Module } from '#platform/module'
import { artRoutes } from './art-routes.ts'
import { assetRoutes } from './asset-routes.ts'
import { listingRoutes } from './listing-routes.ts'
import { pageRoutes, type PageNeeds } from './page-routes.ts'

type Needs = PageNeeds & Readonly<{ accent: string }>

/** The pages of the shop for people, and everything that they load. */
export const storefront = (needs: Needs): Module => ({
  name: 'storefront',
  api: {},
  pages: [pageRoutes(needs), assetRoutes(needs), listingRoutes(needs), artRoutes(needs)],
})
