import { parseArgs } from 'node:util'
import { withCluster, type Cluster } from './bench-app.ts'
import { benchCancellations } from './cancellations.ts'
import { benchCheckout } from './checkout/checkout.ts'
import { benchDispatch } from './dispatch/dispatch.ts'
import { benchEvents } from './events.ts'
import { benchImports } from './imports.ts'
import { benchPlaceOrder } from './place-order.ts'
import { benchReads } from './reads.ts'
import { benchStart } from './start.ts'
import { benchStorefront } from './storefront.ts'
import { benchTableGrowth } from './table-growth.ts'
import { benchWholeSaga } from './whole-saga.ts'
import { printRows, type Row } from './row.ts'
import { environmentOf, writeReport } from './report.ts'

/**
 * `npm run bench -- [PERF-1 checkout …] [--write] [--json]`: measures the bars and prints their tables, or the rows as JSON;
 * `--write` saves them in docs/benchmarks.md.
 */
const bars: Readonly<Record<string, (cluster: Cluster) => Promise<Row[]>>> = {
  'PERF-1': benchPlaceOrder,
  'PERF-2': benchWholeSaga,
  'PERF-3': benchReads,
  'PERF-4': () => benchEvents(), // with its own server
  'PERF-5': benchTableGrowth,
  'PERF-7': benchDispatch,
  'PERF-8': benchStart,
  'PERF-9': benchStorefront,
  'CAT-12': benchImports,
  'CAT-13': benchCancellations,
  CHECKOUT: benchCheckout,
}

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { write: { type: 'boolean', default: false }, json: { type: 'boolean', default: false } },
})
/** Names by which people ask for a bar. */
const names: Readonly<Record<string, string>> = { DISPATCH: 'PERF-7' }
const ids =
  positionals.length > 0 ? positionals.map((id) => names[id.toUpperCase()] ?? id.toUpperCase()) : Object.keys(bars)
const unknown = ids.filter((id) => !bars[id])
if (unknown.length > 0) {
  console.error(`posad: There is no benchmark for ${unknown.join(', ')}: choose from ${Object.keys(bars).join(', ')}`)
  process.exit(2)
}

const rows: Row[] = []
for (const id of ids) {
  console.error(`${id} …`)
  const measured = await withCluster(async (cluster) => (await bars[id]?.(cluster)) ?? [])
  if (!values.json) printRows(measured)
  rows.push(...measured)
}
if (values.json) console.log(JSON.stringify(rows, null, 2))
if (values.write) await writeReport(rows, await withCluster(environmentOf))
