import { bodyOf, type Api, type Schemas } from '../api/client.ts'
import type { LoadRequest } from '../router/route.ts'

/** A product with others like it. */
export type LoadedProduct = Readonly<{
  product: Schemas['Product']
  similar: readonly Schemas['ProductCard'][]
  reviews: readonly Schemas['Review'][]
}>

const shownSimilar = 4
const shownReviews = 6

/** Reads a product by its slug. */
export async function loadProduct({ api, params }: LoadRequest): Promise<LoadedProduct> {
  const path = { id: params['slug'] ?? '' }
  const product = await bodyOf(api.GET('/api/v1/catalog/products/{id}', { params: { path } }))
  const query = {
    ...(product.category && { category: [product.category.slug] }),
    type: product.type,
    in_stock: true,
    page_size: shownSimilar + 1,
    sort: 'popular' as const,
  }
  const [list, reviews] = await Promise.all([
    bodyOf(api.GET('/api/v1/catalog/products', { params: { query } })),
    product.reviews.count > 0 ? reviewsOf(api, path.id) : [],
  ])
  const similar = list.items.filter(({ id }) => id !== product.id).slice(0, shownSimilar)
  return { product, similar, reviews }
}

async function reviewsOf(api: Api, id: string): Promise<readonly Schemas['Review'][]> {
  const params = { path: { id }, query: { page_size: shownReviews } }
  return (await bodyOf(api.GET('/api/v1/catalog/products/{id}/reviews', { params }))).items
}
