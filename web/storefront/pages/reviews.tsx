import type { VNode } from 'preact'
import { bodyOf, type Schemas } from '../api/client.ts'
import { Failure } from '../api/failure.ts'
import { breadcrumbListOf } from '../head/breadcrumb-list.ts'
import { Breadcrumbs, linksInto, type Link } from '../parts/breadcrumbs.tsx'
import { Pages } from '../parts/pages.tsx'
import { ReviewCards } from '../parts/reviews.tsx'
import { route, type Head, type HeadRequest, type LoadRequest, type PageProps } from '../router/route.ts'
import { useShop, type Shop } from '../shop.ts'
import { pageOf } from './list-query.ts'

type Product = Schemas['Product']
type Loaded = Readonly<{ product: Product; list: Schemas['ReviewsPage'] }>

const pageSize = 20

async function load({ api, params, query }: LoadRequest): Promise<Loaded> {
  const path = { id: params['slug'] ?? '' }
  const window = { page: pageOf(query), page_size: pageSize }
  const [product, list] = await Promise.all([
    bodyOf(api.GET('/api/v1/catalog/products/{id}', { params: { path } })),
    bodyOf(api.GET('/api/v1/catalog/products/{id}/reviews', { params: { path, query: window } })),
  ])
  if (list.items.length === 0) throw new Failure(404, { code: 'not-found' })
  return { product, list }
}

/** All reviews of a product; its own page has the newest. */
function ReviewsPage({ loaded }: PageProps<Loaded>): VNode {
  const { href, texts, ...shop } = useShop()
  if (!loaded) return <ReviewsSkeleton />
  const { product, list } = loaded
  return (
    <div class="wrap">
      <Breadcrumbs links={linksOf(product, shop)} last={texts.product.reviews} />
      <header class="list-head">
        <h1>{texts.review.of(product.name)}</h1>
        <Ratings summary={list.summary} />
        <p>
          <a class="button quiet" href={href(`/product/${product.slug}`)}>
            {texts.review.toProduct}
          </a>
        </p>
      </header>
      <h2 class="unseen">{texts.list.page(list.page, list.pages)}</h2>
      <ReviewCards reviews={list.items} />
      <Pages page={list.page} pages={list.pages} searchOf={(page) => (page > 1 ? `?page=${page}` : '')} />
    </div>
  )
}

/** The rating, and that on each platform when there are several. */
function Ratings({ summary }: Readonly<{ summary: Schemas['ReviewSummary'] }>): VNode {
  const { facts, formats, texts } = useShop()
  const textOf = ({ average, count }: Readonly<{ average: number | null; count: number }>) =>
    `${texts.review.average(formats.number(average ?? 0))} · ${texts.product.reviewsOf(count)}`
  const { platforms } = summary
  return (
    <>
      <p class="lead">{textOf(summary)}</p>
      {platforms.length > 1 && (
        <ul class="hint">
          {platforms.map((each) => (
            <li key={each.platform}>
              {each.platform === ownPlatform ? facts.name : each.platform}: {textOf(each)}
            </li>
          ))}
        </ul>
      )}
    </>
  )
}

/** The platform of the reviews that buyers write in this shop. */
const ownPlatform = 'shop'

function ReviewsSkeleton(): VNode {
  const { texts } = useShop()
  return (
    <div class="wrap" role="status" aria-label={texts.ui.loading}>
      <div class="list-head skeleton" aria-hidden="true">
        <span class="bar tall" />
        <span class="bar short" />
        <span class="bar" />
      </div>
    </div>
  )
}

/** The way from the catalog to the product. */
const linksOf = ({ name, slug, category }: Product, { categories }: Pick<Shop, 'categories'>): readonly Link[] => [
  ...linksInto(categories, category),
  { name, path: `/product/${slug}` },
]

function headOf(request: HeadRequest<Loaded>): Head {
  const { shop, loaded } = request
  const { facts, texts } = shop
  if (!loaded) return { title: facts.name }
  const { product } = loaded
  const last = { name: texts.product.reviews, path: `/product/${product.slug}/reviews` }
  return {
    title: `${texts.review.of(product.name)} — ${facts.name}`,
    description: product.description.slice(0, 300),
    structured: breadcrumbListOf([...linksOf(product, shop), last], request),
  }
}

export const reviewsPage = route<Loaded>({
  path: '/product/:slug/reviews',
  parameters: ['page'],
  isIndexed: true,
  load,
  Page: ReviewsPage,
  head: headOf,
})
