import type { Module } from '#platform/module'
import { openLogs } from '#platform/telemetry'
import { openServer } from '../apps/run.ts'
import { openBenchApp, type Cluster } from './bench-app.ts'
import { rawRequest } from './load/raw-request.ts'
import { runLoad } from './load/run-load.ts'
import type { Row } from './row.ts'
import { benchUncachedLists } from './uncached-lists.ts'

const products = 100_000
const rounds = 5
const seconds = 2
const connections = 16

/** An empty route: it measures the cost of the server itself. */
const empty: Module = {
  name: 'bench',
  api: undefined,
  pages: [(http) => http.get('/bench/empty', { config: { access: 'anyone' } }, async (_, reply) => reply.send('{}'))],
}

/** Typical filters; every request adds another price, so that no list is cached. */
const filters = [
  'type=kind0&attr.color=c2&in_stock=true&sort=price',
  'category=cat-0&sort=-price',
  'tag=tag-5&attr.color=c3&sort=newest',
  'attr.taste=t2,t7&in_stock=true&sort=price',
  'search=topic33&type=kind1&sort=price',
  'type=kind3&sort=popular',
]

/** Compares a cached product with an empty route, and measures uncached lists of a large and of a small catalog. */
export const benchReads = async (cluster: Cluster): Promise<Row[]> => [
  ...(await benchLargeCatalog(cluster)),
  await benchUncachedLists(cluster),
]

async function benchLargeCatalog(cluster: Cluster): Promise<Row[]> {
  const app = await openBenchApp(cluster, { name: 'reads', products, settings: { CACHE_SIZE_MB: '64' } })
  const logs = openLogs({ service: 'posad', version: 'bench', level: 'error' })
  const server = await openServer({
    app: { ...app, modules: [...app.modules, empty] as typeof app.modules },
    logs,
  })
  const port = Number(new URL(await server.listen({ host: '127.0.0.1', port: 0 })).port)
  try {
    return [await cachedRead(port), await uncachedLists(port)]
  } finally {
    await server.close()
    await app.close()
  }
}

/** Alternates the two rounds, so that other load on the machine slows both. */
async function cachedRead(port: number): Promise<Row> {
  const rateOf = async (path: string) => {
    const requests = Array.from({ length: connections }, () => [rawRequest({ path })])
    return (await runLoad({ port, connections: requests, seconds })).perSecond
  }
  const product = () => rateOf('/api/v1/catalog/products/product-77')
  const emptyRoute = () => rateOf('/bench/empty')
  await product()
  await emptyRoute()
  const pairs: { read: number; ratio: number; floor: number }[] = []
  for (let round = 0; round < rounds; round++) {
    const floor = await emptyRoute()
    const read = await product()
    pairs.push({ read, floor, ratio: read / floor })
  }
  const [median] = pairs.toSorted((one, other) => one.ratio - other.ratio).slice(Math.floor(rounds / 2))
  const { read = NaN, ratio = NaN, floor = NaN } = median ?? {}
  const measurement = 'a product read from the cache, against an empty route'
  const note = `empty route: ${Math.round(floor)}/s; median of ${rounds} rounds`
  return { id: 'PERF-3', measurement, value: read, unit: 'reads/s', ratio, bar: '>= 0.7 of an empty route', note }
}

/** Sends one request after another, to measure the list and not a queue for two cores. */
async function uncachedLists(port: number): Promise<Row> {
  const requests = Array.from({ length: 1200 }, (_, i) =>
    rawRequest({
      path: encodeURI(`/api/v1/catalog/products?${filters[i % filters.length]}&price_max=${9_000_000 - i}`),
    }),
  )
  await runLoad({ port, connections: [requests.slice(0, 200)], seconds: 20, count: 200 })
  const lists = await runLoad({ port, connections: [requests.slice(200)], seconds: 60, count: 1000 })
  const measurement = `p99 of product lists with filters, uncached, over ${products.toLocaleString('en')} products`
  return {
    id: 'PERF-3',
    measurement,
    value: lists.p99,
    unit: 'ms',
    bar: '< 25',
    note: `p50 ${lists.p50.toFixed(1)} ms`,
  }
}
