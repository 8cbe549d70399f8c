import { Type } from 'typebox'
import { refuse, type Routes } from '#platform/http'
import { isRefusal, windowOf } from '#platform/outcome'
import { Closed, IdParams, Page, PageQuery } from '#platform/schema'
import { IdOrSlug } from '../../schema.ts'
import { adminReviewFilter, AdminReview, reviewFilter, Reviews } from '../schema.ts'
import { adminReviewViewOf, reviewViewOf } from '../view.ts'
import type { ListAdminReviews, ListProductReviews, ListReviews, ShowReview } from './query.ts'

const querystring = Closed({ ...PageQuery, ...reviewFilter })
const forAll = {
  schema: {
    tags: ['catalog'],
    summary: 'List the reviews of the shop and its products, newest first, with the ratings on each platform',
    querystring,
    response: { 200: Reviews },
  },
  config: { access: 'anyone' },
} as const
const ofProduct = {
  schema: {
    tags: ['catalog'],
    summary: 'List the reviews of a product, newest first, with its ratings on each platform',
    params: Type.Object({ id: IdOrSlug }),
    querystring,
    response: { 200: Reviews },
  },
  config: { access: 'anyone' },
} as const
const config = { access: { permission: 'catalog.write' } }
const listForStaff = {
  tags: ['catalog admin'],
  summary: 'List every review, including pending and rejected ones',
  querystring: Closed({ ...PageQuery, ...adminReviewFilter }),
  response: { 200: Page(AdminReview) },
}
const showForStaff = {
  tags: ['catalog admin'],
  summary: 'Show a review',
  params: IdParams,
  response: { 200: AdminReview },
}

type Slices = Readonly<{
  listReviews: ListReviews
  listProductReviews: ListProductReviews
  listAdminReviews: ListAdminReviews
  showReview: ShowReview
}>

export const listReviewsRoutes =
  ({ listReviews, listProductReviews, listAdminReviews, showReview }: Slices): Routes =>
  (http) => {
    http.get('/catalog/reviews', forAll, async ({ query }) => {
      const page = await listReviews({ platform: query.platform, window: windowOf(query) })
      return { ...page, items: page.items.map(reviewViewOf) }
    })
    http.get('/catalog/products/:id/reviews', ofProduct, async ({ params, query }, reply) => {
      const page = await listProductReviews(params.id, { platform: query.platform, window: windowOf(query) })
      if (isRefusal(page)) return refuse(reply, page)
      return { ...page, items: page.items.map(reviewViewOf) }
    })
    http.get('/admin/reviews', { schema: listForStaff, config }, async ({ query }) => {
      const { platform, status, product_id } = query
      const page = await listAdminReviews({ platform, status, product_id, window: windowOf(query) })
      return { ...page, items: page.items.map(adminReviewViewOf) }
    })
    http.get('/admin/reviews/:id', { schema: showForStaff, config }, async ({ params }, reply) => {
      const outcome = await showReview(params.id)
      if (isRefusal(outcome)) return refuse(reply, outcome)
      return adminReviewViewOf(outcome.review)
    })
  }
