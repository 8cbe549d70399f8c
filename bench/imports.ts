import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import { openBenchApp, type Cluster } from './bench-app.ts'
import type { Row } from './row.ts'
import { fieldOf } from './server-processes.ts'

const lines = 100_000
/** Every hundredth line is refused: it has no price. */
const refusedEvery = 100
/** Milliseconds between two readings of the memory. Linux keeps the peak, so that none is missed but the last. */
const readingInterval = 50
/** Characters of what a failed command printed. */
const maxError = 1000
/** The options of `npm run posad`. */
const nodeOptions = ['--max-semi-space-size=8']

/** Measures `posad catalog import` and `export` of a large file: the peak of the memory of the program. */
export async function benchImports(cluster: Cluster): Promise<Row[]> {
  const directory = await mkdtemp(join(tmpdir(), 'posad-bench-'))
  try {
    const app = await openBenchApp(cluster, { name: 'imports', products: 0 })
    await sql`insert into catalog.type_attributes (type_code, attribute_code)
      select 'kind0', code from unnest(array['color', 'height']) code`.execute(app.db)
    await app.close()
    const file = join(directory, 'products.csv')
    await pipeline(Readable.from(productLines()), createWriteStream(file))
    const run = (...command: readonly string[]) => runPosad(command, { directory, url: app.url })
    const first = await run('catalog', 'import', file, '--json')
    const again = await run('catalog', 'import', file, '--json')
    for (const { printed } of [first, again]) refusePart(printed)
    const exported = await run('catalog', 'export', join(directory, 'export.csv'))
    const rowOf = (name: string, { megabytes, seconds }: Run): Row => ({
      id: 'CAT-12',
      measurement: `${name}: memory at most (RSS)`,
      value: megabytes,
      unit: 'MB',
      bar: '< 300',
      note: `${Math.round(seconds)} s`,
    })
    return [
      rowOf(`import of ${lines.toLocaleString('en')} new products, each hundredth line wrong`, first),
      rowOf('import of the same file again', again),
      rowOf('export of these products', exported),
    ]
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

function* productLines(): Generator<string> {
  yield 'sku,product,type,category,tags,name_ru,name_en,description_ru,description_en,attributes,price,on_hand\n'
  for (let i = 0; i < lines; i++) {
    const price = i % refusedEvery === 0 ? '' : 15_000 + (i % 1000)
    const attributes = `"{""color"":""c${i % 12}"",""height"":${i % 100}}"`
    yield `SKU-${i},product-${i},kind0,cat-${20 + (i % 64)},tag-${i % 40},Товар ${i},Thing ${i},${about.ru},${about.en},${attributes},${price},7\n`
  }
}

const about = {
  ru: 'Описание товара с несколькими словами о нём',
  en: 'A description of the product with a few words about it',
}

/** An import that ended early has measured nothing. */
function refusePart(printed: string): void {
  const summary = JSON.parse(printed) as { lines: number; failed: number }
  if (summary.lines !== lines || summary.failed !== lines / refusedEvery)
    throw new Error(`An import ended with ${printed}`)
}

type Run = Readonly<{ megabytes: number; seconds: number; printed: string }>
type Shop = Readonly<{ directory: string; url: string }>

async function runPosad(command: readonly string[], { directory, url }: Shop): Promise<Run> {
  const started = performance.now()
  const posad = spawn(process.execPath, [...nodeOptions, join(import.meta.dirname, '../apps/cli.ts'), ...command], {
    env: { PATH: process.env['PATH'], POSAD_DATA: directory, DATABASE_URL: url, LOG_LEVEL: 'error' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const output = Promise.all([text(posad.stdout), text(posad.stderr)])
  const exited = once(posad, 'exit')
  let kilobytes = 0
  while (posad.exitCode === null && posad.signalCode === null) {
    const status = await readFile(`/proc/${posad.pid}/status`, 'utf8')
    // A process that has ended and is not yet collected has no memory.
    if (status.includes('VmHWM')) kilobytes = fieldOf(status, 'VmHWM')
    await Promise.race([sleep(readingInterval), exited])
  }
  // The import ends with 1 when it has refused lines.
  const [printed, errors] = await output
  const isDone = posad.exitCode === 0 || (posad.exitCode === 1 && printed !== '')
  if (!isDone) throw new Error(`posad ${command.join(' ')} failed: ${errors.slice(-maxError)}`)
  return { megabytes: kilobytes / 1024, seconds: (performance.now() - started) / 1000, printed }
}
