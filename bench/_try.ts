import { withCluster } from './bench-house.ts'
import { printRows } from './row.ts'
const [file, fn] = process.argv.slice(2)
const m = await import(`./${file}.ts`)
printRows(await withCluster((c) => m[fn!](c)))
