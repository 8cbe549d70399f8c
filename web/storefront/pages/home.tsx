import type { VNode } from 'preact'
import { bodyOf, type Schemas } from '../api/client.ts'
import { Cards, CardSkeletons } from '../parts/product-card.tsx'
import { route, type LoadRequest, type PageProps } from '../router/route.ts'
import { useShop } from '../shop.ts'

type Loaded = Readonly<{ favourites: Schemas['ProductList']; fresh: Schemas['ProductList'] }>

const shown = 8

async function load({ api }: LoadRequest): Promise<Loaded> {
  const list = (query: Readonly<{ tag?: string[]; sort: 'popular' | 'newest' }>) =>
    bodyOf(api.GET('/api/v1/catalog/products', { params: { query: { ...query, in_stock: true, page_size: shown } } }))
  const [favourites, popular, fresh] = await Promise.all([
    list({ tag: ['best'], sort: 'popular' }),
    list({ sort: 'popular' }),
    list({ tag: ['new'], sort: 'newest' }),
  ])
  return { favourites: favourites.total >= 4 ? favourites : popular, fresh }
}

function HomePage({ loaded }: PageProps<Loaded>): VNode {
  const { facts, href, texts } = useShop()
  return (
    <>
      <section class="hero">
        <div class="wrap hero-row">
          <div class="hero-text">
            <h1>{texts.home.title}</h1>
            <p>{texts.home.lead}</p>
            <a class="button" href={href('/catalog')}>
              {texts.home.browse}
            </a>
          </div>
          <img class="hero-art" src="/shop-art/hero.webp" alt="" width="560" height="420" fetchpriority="high" />
        </div>
      </section>
      <Sections />
      <section class="wrap strip" aria-labelledby="favourites">
        <div class="strip-head">
          <h2 id="favourites">{texts.home.favourites}</h2>
          <p>{texts.home.favouritesLead}</p>
        </div>
        {loaded ? <Cards products={loaded.favourites.items} eager={0} /> : <CardSkeletons count={shown} />}
        {loaded?.favourites.total === 0 && <p class="empty">{texts.home.empty}</p>}
      </section>
      {loaded && loaded.fresh.total > 0 && (
        <section class="wrap strip" aria-labelledby="fresh">
          <div class="strip-head">
            <h2 id="fresh">{texts.home.fresh}</h2>
            <a href={href('/catalog?sort=newest')}>{texts.home.all(texts.nav.catalog)}</a>
          </div>
          <Cards products={loaded.fresh.items.slice(0, 4)} eager={0} />
        </section>
      )}
      <p class="unseen">{facts.name}</p>
    </>
  )
}

function Sections(): VNode | null {
  const { categories, href, texts } = useShop()
  const roots = categories.filter(({ parent_id }) => parent_id === null)
  if (roots.length === 0) return null
  return (
    <section class="wrap strip" aria-labelledby="sections">
      <h2 id="sections">{texts.home.sections}</h2>
      <ul class="tiles">
        {roots.map(({ id, slug, name, description, image }) => (
          <li class="tile" key={id}>
            <img src={image ?? `/shop-art/category/${slug}.svg`} alt="" width="240" height="180" loading="lazy" />
            <h3>
              <a href={href(`/catalog/${slug}`)}>{name}</a>
            </h3>
            <p>{description}</p>
          </li>
        ))}
      </ul>
    </section>
  )
}

export const homePage = route<Loaded>({
  path: '/',
  isIndexed: true,
  load,
  Page: HomePage,
  head: ({ shop: { facts, texts, href }, absolute }) => ({
    title: `${facts.name}: ${texts.home.title.toLowerCase()}`,
    description: texts.home.description(facts.name),
    kind: 'website',
    structured: [
      {
        '@type': 'Store',
        name: facts.name,
        url: absolute(href('/')),
        ...(facts.phone && { telephone: facts.phone }),
        ...(facts.email && { email: facts.email }),
        ...(facts.address && { address: facts.address }),
        ...(facts.logo && { logo: absolute(facts.logo) }),
      },
      {
        '@type': 'WebSite',
        name: facts.name,
        url: absolute(href('/')),
        potentialAction: {
          '@type': 'SearchAction',
          target: `${absolute(href('/catalog'))}?search={search_term_string}`,
          'query-input': 'required name=search_term_string',
        },
      },
    ],
  }),
})
