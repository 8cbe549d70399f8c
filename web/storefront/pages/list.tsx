import type { VNode } from 'preact'
import { bodyOf, type Schemas } from '../api/client.ts'
import { Failure } from '../api/failure.ts'
import { breadcrumbListOf } from '../head/breadcrumb-list.ts'
import { Breadcrumbs, breadcrumbsOf, linksInto } from '../parts/breadcrumbs.tsx'
import { Cards, CardSkeletons } from '../parts/product-card.tsx'
import { Pages } from '../parts/pages.tsx'
import { route, type Head, type HeadRequest, type LoadRequest, type PageProps } from '../router/route.ts'
import { useRouter } from '../router/router.ts'
import { useShop } from '../shop.ts'
import { Filters } from './list-filters.tsx'
import { apiQueryOf, choiceOf, listParameters, searchOf, type ListChoice, type ListSort } from './list-query.ts'

export type Loaded = Readonly<{ list: Schemas['ProductList']; category?: Schemas['Category'] }>

async function load({ api, params, query }: LoadRequest): Promise<Loaded> {
  const { category: slug } = params
  const asked = { ...apiQueryOf(choiceOf(query)), ...(slug !== undefined && { category: [slug] }) }
  const [list, categories] = await Promise.all([
    bodyOf(api.GET('/api/v1/catalog/products', { params: { query: asked } })),
    slug === undefined
      ? undefined
      : bodyOf(api.GET('/api/v1/catalog/categories', { params: { query: { page_size: 100 } } })),
  ])
  const category = categories?.items.find((each) => each.slug === slug)
  if (slug !== undefined && !category) throw new Failure(404, { code: 'not-found' })
  return { list, ...(category && { category }) }
}

function ListPage({ loaded, params, query }: PageProps<Loaded>): VNode {
  const { categories, texts } = useShop()
  const choice = choiceOf(query)
  const category = loaded?.category ?? categories.find(({ slug }) => slug === params['category'])
  const title = titleOf(choice, category?.name, texts.list)
  return (
    <div class="wrap list-page">
      <Breadcrumbs links={breadcrumbsOf(categories, category?.id)} last={title} />
      <header class="list-head">
        <h1>{title}</h1>
        {category?.description && choice.search === '' && <p class="lead">{category.description}</p>}
        <Subcategories id={category?.id} />
      </header>
      <div class="list-columns">
        <Filters facets={loaded?.list.facets} choice={choice} />
        <section class="list-products" aria-label={title}>
          <Toolbar total={loaded?.list.total} choice={choice} />
          {loaded ? <Results list={loaded.list} choice={choice} /> : <CardSkeletons count={9} />}
        </section>
      </div>
    </div>
  )
}

const titleOf = (
  { search }: ListChoice,
  category: string | undefined,
  texts: Readonly<{ searchFor: (words: string) => string; title: string }>,
): string => (search === '' ? (category ?? texts.title) : texts.searchFor(search))

function Subcategories({ id }: Readonly<{ id: string | undefined }>): VNode | null {
  const { categories, href } = useShop()
  const children = categories.filter(({ parent_id }) => parent_id !== null && parent_id === id)
  if (children.length === 0) return null
  return (
    <ul class="chips">
      {children.map(({ slug, name }) => (
        <li key={slug}>
          <a class="chip" href={href(`/catalog/${slug}`)}>
            {name}
          </a>
        </li>
      ))}
    </ul>
  )
}

function Toolbar({ total, choice }: Readonly<{ total: number | undefined; choice: ListChoice }>): VNode {
  const { texts } = useShop()
  const router = useRouter()
  const sorts = Object.entries(texts.list.sorts) as [ListSort, string][]
  const sortBy = (sort: string) => {
    const chosen = sorts.find(([code]) => code === sort)?.[0]
    router.go(`${location.pathname}${searchOf({ ...choice, sort: chosen, page: 1 })}`)
  }
  return (
    <div class="toolbar">
      <p aria-live="polite">{total === undefined ? texts.ui.loading : texts.list.found(total)}</p>
      <label class="sort">
        <span>{texts.list.sort}</span>
        <select
          name="sort"
          form="filters"
          value={choice.sort ?? ''}
          onChange={({ currentTarget }) => sortBy(currentTarget.value)}
        >
          <option value="">{choice.search === '' ? texts.list.sorts.newest : texts.list.relevance}</option>
          {sorts
            .filter(([code]) => choice.search !== '' || code !== 'newest')
            .map(([code, name]) => (
              <option key={code} value={code} selected={code === choice.sort}>
                {name}
              </option>
            ))}
        </select>
      </label>
    </div>
  )
}

function Results({ list, choice }: Readonly<{ list: Schemas['ProductList']; choice: ListChoice }>): VNode {
  const { href, texts } = useShop()
  if (list.items.length === 0) {
    const { did_you_mean: other } = list
    return (
      <div class="empty">
        <h2>{texts.list.nothing}</h2>
        {other ? (
          <p>
            {texts.list.didYouMean}:{' '}
            <a href={href(`/catalog?search=${encodeURIComponent(other)}`)}>
              <b>{other}</b>
            </a>
          </p>
        ) : (
          <p>{texts.list.nothingHint}</p>
        )}
        <a class="button quiet" href={href('/catalog')}>
          {texts.list.reset}
        </a>
      </div>
    )
  }
  return (
    <>
      <h2 class="unseen">{texts.list.found(list.total)}</h2>
      <Cards products={list.items} eager={3} />
      <Pages page={choice.page} pages={list.pages} searchOf={(page) => searchOf({ ...choice, page })} />
    </>
  )
}

function headOf(request: HeadRequest<Loaded>): Head {
  const { shop, loaded, query } = request
  const { categories, facts, texts } = shop
  const category = loaded?.category
  const title = titleOf(choiceOf(query), category?.name, texts.list)
  return {
    title: `${title} — ${facts.name}`,
    description: category?.description || texts.home.description(facts.name),
    structured: [...breadcrumbListOf(linksInto(categories, category), request), ...itemListOf(request)],
  }
}

/** The products of a page of the list, for search engines. */
function itemListOf({ shop: { href }, loaded, absolute }: HeadRequest<Loaded>): NonNullable<Head['structured']> {
  if (!loaded || loaded.list.items.length === 0) return []
  const itemListElement = loaded.list.items.map(({ name, slug }, at) => ({
    '@type': 'ListItem' as const,
    position: at + 1,
    name,
    url: absolute(href(`/product/${slug}`)),
  }))
  return [{ '@type': 'ItemList', numberOfItems: loaded.list.total, itemListElement }]
}

const list = { parameters: listParameters, isIndexed: true, load, Page: ListPage, head: headOf }

/** The whole catalog, and one category; both with search and filters. */
export const listPages = [
  route<Loaded>({ ...list, path: '/catalog' }),
  route<Loaded>({ ...list, path: '/catalog/:category' }),
]
