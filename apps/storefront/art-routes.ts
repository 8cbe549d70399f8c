import { Type } from 'typebox'
import { refuse, type AnyReply, type AnyRequest, type Routes } from '#platform/http'
import { notFound } from '#platform/outcome'
import type { PageNeeds } from './page-routes.ts'
import { categoryPicture, productPicture, type Pictured } from './art/product-art.ts'
import { missingPicture } from './art/scenes.ts'
import { apiOf } from './internal-api.ts'
import { etagOf, sendCompressed } from './send-compressed.ts'

const schema = { hide: true }
const withSlug = {
  hide: true,
  params: Type.Object({ slug: Type.String({ maxLength: 200, pattern: '^[A-Za-z0-9-]+$' }) }),
}
const config = { access: 'anyone' } as const

type Needs = Pick<PageNeeds, 'cache' | 'cacheTags' | 'token'>

/** Drawings of products and categories without a photograph. */
export const artRoutes =
  ({ cache, cacheTags, token }: Needs): Routes =>
  (http) => {
    const read = openReader(apiOf(http, { token, locale: 'ru' }))
    const draw = (key: string, load: () => Promise<string | undefined>) =>
      cache.through({ key: `storefront:art:${key}`, tags: cacheTags, load })
    http.get('/shop-art/:slug.svg', { schema: withSlug, config }, async (request, reply) => {
      const { slug } = request.params
      const svg = await draw(slug, async () => {
        const product = await read.product(slug)
        return product && productPicture(product)
      })
      return await sendPicture(request, reply, svg)
    })
    http.get('/shop-art/category/:slug.svg', { schema: withSlug, config }, async (request, reply) => {
      const { slug } = request.params
      const svg = await draw(`category:${slug}`, async () => categoryPicture(slug, await read.productsOf(slug)))
      return await sendPicture(request, reply, svg)
    })
    const missing = missingPicture()
    http.get(
      '/shop-art/missing.svg',
      { schema, config },
      async (request, reply) => await sendPicture(request, reply, missing),
    )
  }

async function sendPicture(request: AnyRequest, reply: AnyReply, svg: string | undefined): Promise<AnyReply> {
  if (svg === undefined) return refuse(reply, notFound('product'))
  reply.header('cache-control', 'public, max-age=3600, stale-while-revalidate=86400')
  return await sendCompressed(request, reply, { body: svg, etag: etagOf(svg), type: 'image/svg+xml' })
}

type Read = Readonly<{
  slug: string
  type: string
  attributes: Readonly<Record<string, unknown>>
  attribute_details?: readonly Readonly<{ values: readonly Readonly<{ code: string; color?: string }>[] }>[]
  components?: readonly Readonly<{ product_id: string; quantity: number }>[]
}>

/** Reads products with the products that they are made of. */
function openReader(fetch: (request: Request) => Promise<Response>) {
  const get = async <Body>(path: string): Promise<Body | undefined> => {
    const response = await fetch(new Request(`http://api.internal/api/v1/catalog${path}`))
    return response.ok ? ((await response.json()) as Body) : undefined
  }
  const product = async (idOrSlug: string, isPart = false): Promise<Pictured | undefined> => {
    const found = await get<Read>(`/products/${idOrSlug}`)
    if (!found) return undefined
    const parts = await Promise.all(
      (isPart ? [] : (found.components ?? [])).map(async ({ product_id, quantity }) => {
        const part = await product(product_id, true)
        return part ? [{ product: part, quantity }] : []
      }),
    )
    const options = (found.attribute_details ?? []).flatMap(({ values }) => values)
    const colors = Object.fromEntries(
      options.flatMap(({ code, color }) => (color === undefined ? [] : [[code, color]])),
    )
    return { slug: found.slug, type: found.type, attributes: found.attributes, colors, components: parts.flat() }
  }
  const productsOf = async (category: string): Promise<readonly Pictured[]> => {
    const list = await get<{ items: readonly Read[] }>(`/products?category=${category}&sort=newest&page_size=3`)
    const found = await Promise.all((list?.items ?? []).map(({ slug }) => product(slug)))
    return found.filter((each) => each !== undefined)
  }
  return { product, productsOf }
}
