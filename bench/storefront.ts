import { existsSync } from 'node:fs'
import type { FastifyInstance } from 'fastify'
import { chromium, type Browser } from 'playwright-core'
import type { Cache } from '#platform/cache'
import { openLogs } from '#platform/telemetry'
import { openServer } from '../apps/run.ts'
import { seedDemo } from '../apps/demo/seed.ts'
import { ensureBuild, openBuild, type WebBuild } from '../apps/storefront/build.ts'
import { pagesTag } from '../apps/storefront/page-routes.ts'
import { openBenchApp, type Cluster } from './bench-app.ts'
import { rawRequest } from './load/raw-request.ts'
import { runLoad } from './load/run-load.ts'
import type { Row } from './row.ts'

const program = process.env['CHROMIUM'] ?? '/usr/bin/chromium'
const visits = 5
const seconds = 2
const paths = { home: '/ru', category: '/ru/catalog/tea', product: '/ru/product/da-hun-pao' } as const

/** Measures the first load in a browser on a slow processor, and the pages that the server renders. */
export async function benchStorefront(cluster: Cluster): Promise<Row[]> {
  const build = await openBuild(await ensureBuild(() => {}))
  const app = await openBenchApp(cluster, { name: 'storefront', products: 0 })
  await seedDemo(app, { again: true })
  const logs = openLogs({ service: 'posad', version: 'bench', level: 'error' })
  const server = await openServer({ app, logs, build })
  const address = await server.listen({ host: '127.0.0.1', port: 0 })
  try {
    return [
      scriptRow(build),
      ...(existsSync(program) ? await benchBrowser(address) : []),
      await renderRow(server, app.cache),
      await rateRow(Number(new URL(address).port)),
    ]
  } finally {
    await server.close()
    await app.close()
  }
}

function scriptRow({ files, entry }: WebBuild): Row {
  const sizeOf = (path: string) => (files.get(path)?.br?.length ?? 0) / 1000
  const value = sizeOf(entry.script) + sizeOf(entry.texts.ru)
  const all = entry.chunks.reduce((sum, path) => sum + sizeOf(path), 0)
  const note = `the pages of a purchase and of the account load their own; all scripts together have ${all.toFixed(1)} kB`
  return { id: 'PERF-9', measurement: 'script of the first load, brotli', value, unit: 'kB', bar: '< 80', note }
}

type Vitals = Readonly<{ lcp: number; cls: number }>

async function benchBrowser(address: string): Promise<Row[]> {
  const browser = await chromium.launch({ executablePath: program, args: ['--no-sandbox', '--disable-gpu'] })
  try {
    const rows: Row[] = []
    for (const [name, path] of Object.entries(paths)) {
      const measured: Vitals[] = []
      for (let visit = 0; visit < visits; visit++) measured.push(await visitPage(browser, address + path))
      const median = (values: readonly number[]) => values.toSorted((one, other) => one - other)[visits >> 1] ?? 0
      const note = `median of ${visits} first visits, processor four times slower`
      rows.push(
        {
          id: 'PERF-9',
          measurement: `largest content of the ${name} page`,
          value: median(measured.map(({ lcp }) => lcp)),
          unit: 'ms',
          bar: '< 800',
          note,
        },
        {
          id: 'PERF-9',
          measurement: `layout shift of the ${name} page, × 1000`,
          value: median(measured.map(({ cls }) => cls)) * 1000,
          unit: '',
          bar: '< 20',
          note,
        },
      )
    }
    return rows
  } finally {
    await browser.close()
  }
}

async function visitPage(browser: Browser, address: string): Promise<Vitals> {
  const context = await browser.newContext({ viewport: { width: 360, height: 740 }, serviceWorkers: 'block' })
  const page = await context.newPage()
  const session = await context.newCDPSession(page)
  await session.send('Emulation.setCPUThrottlingRate', { rate: 4 })
  await page.addInitScript(`
    window.vitals = { lcp: 0, cls: 0 }
    new PerformanceObserver((list) => { for (const entry of list.getEntries()) vitals.lcp = entry.startTime }).observe({ type: 'largest-contentful-paint', buffered: true })
    new PerformanceObserver((list) => { for (const entry of list.getEntries()) if (!entry.hadRecentInput) vitals.cls += entry.value }).observe({ type: 'layout-shift', buffered: true })
  `)
  await page.goto(address, { waitUntil: 'networkidle' })
  const vitals = await page.evaluate<Vitals>(
    `new Promise((resolve) => { const wait = () => (vitals.lcp > 0 ? resolve(vitals) : setTimeout(wait, 50)); wait() })`,
  )
  await context.close()
  return vitals
}

/** Rendering alone: the page leaves the cache before each reading, the JSON of the catalog stays in it. */
async function renderRow(server: FastifyInstance, cache: Cache): Promise<Row> {
  const rounds = 500
  const render = async (count: number) => {
    for (let round = 0; round < count; round++) {
      await cache.bump(pagesTag)
      await server.inject({ url: paths.product })
    }
  }
  await render(1000)
  const started = process.cpuUsage()
  await render(rounds)
  const { user, system } = process.cpuUsage(started)
  const value = (user + system) / 1000 / rounds
  const measurement = 'processor time of a product page, rendered from cached JSON'
  return { id: 'PERF-9', measurement, value, unit: 'ms', bar: '< 3' }
}

/** A product page against the cached JSON of the same product. */
async function rateRow(port: number): Promise<Row> {
  const rateOf = async (path: string) => {
    const connections = Array.from({ length: 16 }, () => [rawRequest({ path })])
    return (await runLoad({ port, connections, seconds })).perSecond
  }
  await rateOf(paths.product)
  const pages = await rateOf(paths.product)
  const json = await rateOf('/api/v1/catalog/products/da-hun-pao')
  return {
    id: 'PERF-9',
    measurement: 'product pages from the cache',
    value: pages,
    unit: '/s',
    bar: '>= 0.3',
    ratio: pages / json,
    note: 'of the cached JSON of the same product',
  }
}
