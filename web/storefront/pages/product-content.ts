import { bodyOf, type Schemas } from '../api/client.ts'
import type { LoadRequest } from '../router/route.ts'

/** A product with others like it. */
export type LoadedProduct = Readonly<{ product: Schemas['Product']; similar: readonly Schemas['ProductCard'][] }>

const shownSimilar = 4

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
  const list = await bodyOf(api.GET('/api/v1/catalog/products', { params: { query } }))
  const similar = list.items.filter(({ id }) => id !== product.id).slice(0, shownSimilar)
  return { product, similar }
}
