import { openLogs } from '#platform/telemetry'
import { openServer } from '../apps/run.ts'
import { openBenchApp, type Cluster } from './bench-app.ts'
import { cpuBetween, cpuTime } from './cpu-time.ts'
import { rawRequest } from './load/raw-request.ts'
import { runLoad } from './load/run-load.ts'
import type { Row } from './row.ts'

const products = 1000
const connections = 32
const seconds = 4
const rounds = 3

/** Filters of a small shop; every request adds another price, so that no list is cached. */
const filters = [
  'category=cat-0&in_stock=true&sort=price',
  'category=cat-2&price_min=1000&sort=newest',
  'type=kind0&in_stock=true&price_min=5000&sort=-price',
  'in_stock=true&sort=popular',
  'category=cat-1&type=kind0&sort=name',
]

/** Measures the lists per second of concurrent readers, each with other filters. */
export async function benchUncachedLists(cluster: Cluster): Promise<Row> {
  const app = await openBenchApp(cluster, { name: 'lists', products })
  const http = await openServer({ app, logs: openLogs({ service: 'posad', version: 'bench', level: 'error' }) })
  const port = Number(new URL(await http.listen({ host: '127.0.0.1', port: 0 })).port)
  try {
    await runLoad({ port, connections: requestsOf(0), seconds }) // to warm up
    const rates: number[] = []
    let answered = 0
    const before = await cpuTime(cluster.pid)
    for (let round = 1; round <= rounds; round++) {
      const lists = await runLoad({ port, connections: requestsOf(round), seconds })
      rates.push(lists.perSecond)
      answered += lists.answered
    }
    const { node, server = NaN } = cpuBetween(before, await cpuTime(cluster.pid), answered)
    return {
      id: 'PERF-3',
      measurement: `product lists with filters, uncached, over ${products.toLocaleString('en')} products, ${connections} connections`,
      value: rates.toSorted((one, other) => one - other)[Math.floor(rounds / 2)] ?? NaN,
      unit: 'lists/s',
      bar: '>= 1,500',
      note: `median of ${rounds} rounds; CPU time of a list: Node ${node.toFixed(2)} ms, PostgreSQL ${server.toFixed(2)} ms`,
    }
  } finally {
    await http.close()
    await app.close()
  }
}

/** More requests than a round sends, with prices that no other connection and no other round asks for. */
function requestsOf(round: number): string[][] {
  const each = 1000
  return Array.from({ length: connections }, (_, connection) =>
    Array.from({ length: each }, (_, i) => {
      const price_max = 90_000_000 - (round * connections + connection) * each - i
      return rawRequest({ path: `/api/v1/catalog/products?${filters[i % filters.length]}&price_max=${price_max}` })
    }),
  )
}
