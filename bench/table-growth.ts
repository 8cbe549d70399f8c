import { openLogs } from '#platform/telemetry'
import { openServer } from '../apps/run.ts'
import { openBenchApp, type Cluster } from './bench-app.ts'
import { rawRequest } from './load/raw-request.ts'
import { runLoad } from './load/run-load.ts'
import type { Row } from './row.ts'

const sizes = [1000, 100_000, 1_000_000] as const
const warmUps = 50
const measured = 250

/** A read, and its path with a value that no other request has, so that no response is cached. */
type Read = Readonly<{ name: string; path: (unique: number) => string }>

const list = (query: string) => (unique: number) => `/api/v1/catalog/products?${query}&price_max=${90_000_000 - unique}`

const reads: readonly Read[] = [
  { name: 'newest', path: list('sort=newest') },
  { name: 'one product', path: (unique) => `/api/v1/catalog/products/product-${(unique * 7) % 1000}` },
  { name: 'category', path: list('category=cat-4&sort=newest') },
  { name: 'rare attribute', path: list('attr.maker=m17&sort=newest') },
  { name: 'two attributes', path: list('attr.maker=m17,m34&attr.color=c7&sort=price') },
  { name: 'facets', path: list('type=kind0&facets=true') },
  { name: 'common word', path: list('search=topic33') },
  { name: 'page 40 of a filtered list, by offset', path: list('in_stock=true&sort=price&page=40') },
]

/** A filtered list whose pages are followed by cursors to 800 products, as far as the small catalog goes. */
const deepList = 'in_stock=true&sort=price&page_size=20'
const deepPages = 40

type Measured = Readonly<{ p50: number; p99: number }>

/**
 * Measures each read of the catalog at three sizes of its table: one client, one request after another, no response from the
 * cache.
 */
export async function benchTableGrowth(cluster: Cluster): Promise<Row[]> {
  const bySize: Map<string, Measured>[] = []
  for (const products of sizes) bySize.push(await measureCatalog(cluster, products))
  const [small] = bySize
  const [large] = bySize.slice(-1)
  return [...(small?.keys() ?? [])].flatMap((name): Row[] => {
    const at = (of: Map<string, Measured> | undefined) => of?.get(name) ?? { p50: NaN, p99: NaN }
    const p50s = bySize.map((of) => at(of).p50.toFixed(1)).join(' → ')
    const { p50, p99 } = at(large)
    const growth = `p50 at 10³ → 10⁵ → 10⁶ products: ${p50s} ms`
    return [
      {
        id: 'PERF-5',
        measurement: `${name}: p50 at 10⁶ products against 10³`,
        value: p50,
        unit: 'ms',
        ratio: p50 / at(small).p50,
        bar: '<= 2',
        note: growth,
      },
      { id: 'PERF-5', measurement: `${name}: p99 at 10⁶ products`, value: p99, unit: 'ms', bar: '< 25' },
    ]
  })
}

async function measureCatalog(cluster: Cluster, products: number): Promise<Map<string, Measured>> {
  const app = await openBenchApp(cluster, { name: `growth_${products}`, products })
  const server = await openServer({ app, logs: openLogs({ service: 'posad', version: 'bench', level: 'error' }) })
  const port = Number(new URL(await server.listen({ host: '127.0.0.1', port: 0 })).port)
  try {
    const cursor = await findCursor(port)
    const deep = { name: `page ${deepPages} of a filtered list, by cursor`, path: list(`${deepList}&cursor=${cursor}`) }
    const found = new Map<string, Measured>()
    for (const { name, path } of [...reads, deep]) {
      const requests = Array.from({ length: warmUps + measured }, (_, i) => rawRequest({ path: encodeURI(path(i)) }))
      await runLoad({ port, connections: [requests.slice(0, warmUps)], seconds: 120, count: warmUps })
      found.set(name, await runLoad({ port, connections: [requests.slice(warmUps)], seconds: 120, count: measured }))
    }
    return found
  } finally {
    await server.close()
    await app.close()
  }
}

/** The cursor of the last page that is followed. */
async function findCursor(port: number): Promise<string> {
  let cursor: string | null = null
  for (let page = 1; page < deepPages; page++) {
    const after: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`
    const response = await fetch(`http://127.0.0.1:${port}/api/v1/catalog/products?${deepList}${after}`)
    const { next_cursor } = (await response.json()) as { next_cursor: string | null }
    if (next_cursor === null) throw new Error(`The list ends at page ${page}: it has no page ${deepPages}`)
    cursor = next_cursor
  }
  return cursor ?? ''
}
