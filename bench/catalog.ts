import { parseArgs } from 'node:util'
import type { FastifyInstance } from 'fastify'
import { catalog } from '#catalog'
import { memoryCache } from '#platform/cache'
import { crowd, testDatabase, testServer } from '#platform/testing'
import { hours, newId, systemClock } from '#platform/values'
import { seedCatalog } from './seed-catalog.ts'

/**
 * PERF-3 and PERF-5 for the product lists: uncached, over HTTP, at several sizes of the catalog.
 * `node bench/catalog.ts --sizes 1000,100000,1000000 --runs 100`
 */
const lists: Readonly<Record<string, string>> = {
  'everything, newest': '',
  'a type with half of the products, by price': 'type=kind0&sort=price',
  'a type, popular, second page': 'type=kind3&sort=popular&page=2',
  'a top category, most expensive first': 'category=cat-0&sort=-price',
  'a leaf category, by name': 'category=cat-42&sort=name',
  'a tag and a colour': 'tag=tag-5&attr.color=c3',
  'two tastes, in stock, by price': 'attr.taste=t2,t7&in_stock=true&sort=price',
  'a maker of one in 200, price range': 'attr.maker=m40&price_min=2000&price_max=5000000&sort=price',
  'a range of heights': 'attr.height=40..45&sort=price',
  'four filters at once': 'type=kind0&attr.color=c2&attr.organic=true&in_stock=true&price_max=6000000',
  'filters that exclude each other': 'type=kind4&attr.color=c1&attr.maker=m2&tag=tag-1&attr.taste=t14',
  'a narrow price range': 'price_min=500000&price_max=500500&sort=newest',
  'search: a word in every product': 'search=товар',
  'search: a word in one of a thousand': 'search=word77',
  'search: two words, one incomplete': 'search=topic33+wor',
  'search within filters': 'search=topic33&type=kind1&attr.color=c5&sort=price',
  'page 400': 'page=400&sort=price',
  'page 50 of a filtered list': 'attr.organic=true&page=50&sort=price',
  'two attributes and a type, no match': 'type=kind0&attr.color=c2&attr.organic=true',
  'search: a word in every product, by price': 'search=товар&sort=price',
}

const { values } = parseArgs({
  options: { sizes: { type: 'string', default: '1000,100000' }, runs: { type: 'string', default: '60' } },
})
const sizes = values.sizes.split(',').map(Number)
const results: Record<string, Record<string, string>> = {}

for (const size of sizes) {
  const { db, close } = await testDatabase({ parts: ['catalog'] })
  const started = performance.now()
  await seedCatalog(db, size)
  console.log(`${size} products seeded in ${Math.round((performance.now() - started) / 1000)} s`)
  // A cache of 8 bytes holds no value.
  const module = catalog({
    db,
    now: systemClock,
    cache: memoryCache({ maxBytes: 8 }),
    purchaseOf: async () => undefined,
    letters: { mailboxesOf: async () => [], mail: { send: async () => {} }, origin: () => '' },
  })
  const http = await testServer([module])
  for (const [name, query] of Object.entries(lists)) {
    await time(name, size, () => read(http, `/api/v1/catalog/products?${query}`))
  }
  await time('with facets, a type with half of the products', size, () =>
    read(http, '/api/v1/catalog/products?type=kind0&facets=true'),
  )
  await time('with facets, four filters', size, () =>
    read(http, '/api/v1/catalog/products?type=kind0&attr.color=c2&attr.organic=true&facets=true'),
  )
  await time('one product', size, (i) => read(http, `/api/v1/catalog/products/product-${(i * 37) % size}`))
  const { body } = await http.inject('/api/v1/catalog/products?in_stock=true&page_size=50&sort=price')
  const variants = JSON.parse(body).items.map((card: { variant_id: string }) => card.variant_id)
  const hold = (i: number) =>
    module.api.hold({
      order_id: newId(),
      items: [0, 1, 2].map((k) => ({ variant_id: variants[(i * 3 + k) % variants.length], quantity: 1 })),
      expires_at: new Date(Date.now() + hours(1)),
    })
  await time('hold of three variants', size, async (i) => void (await hold(i)))
  await holdRate(size, hold)
  await http.close()
  await close()
}
console.table(results)

async function read(http: FastifyInstance, url: string): Promise<void> {
  const response = await http.inject(encodeURI(url))
  if (response.statusCode !== 200) throw new Error(`${url}: ${response.body}`)
}

/** Measures the median and the 99th percentile of sequential runs, after three runs to warm up. */
async function time(name: string, size: number, work: (i: number) => Promise<void>): Promise<void> {
  const durations: number[] = []
  for (let i = -3; i < Number(values.runs); i++) {
    const started = performance.now()
    await work(i + 3)
    if (i >= 0) durations.push(performance.now() - started)
  }
  const sorted = durations.toSorted((one, other) => one - other)
  const at = (share: number) => (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(1)
  ;(results[name] ??= {})[`${size}`] = `${at(0.5)} / ${at(0.99)} ms`
}

/** Measures the holds per second of eight concurrent buyers. */
async function holdRate(size: number, hold: (i: number) => Promise<unknown>): Promise<void> {
  const started = performance.now()
  const each = Number(values.runs)
  await crowd(8, async (buyer) => {
    for (let i = 0; i < each; i++) await hold(buyer * each + i)
  })
  const rate = (8 * each * 1000) / (performance.now() - started)
  ;(results['holds of three variants, eight buyers'] ??= {})[`${size}`] = `${Math.round(rate)}/s`
}
