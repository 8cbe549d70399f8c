import { once } from 'node:events'
import { stat } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { stringify } from 'csv-stringify'
import { openProductFiles, UnreadableFile, type ImportSummary } from '#catalog'
import { contentOf } from '#platform/storage'
import { seconds } from '#platform/values'
import type { App } from '../app.ts'
import { countOf, print, type Format } from '../terminal/print.ts'
import { Refusal } from '../terminal/refusal.ts'
import { asOperator } from './as-operator.ts'
import { writeFile } from '../terminal/write-file.ts'
import { withApp } from './with-app.ts'

const progressEvery = seconds(2)

const printNote = (line: string) => void process.stderr.write(`${line}\n`)

/** `posad catalog import FILE`: false when a line was refused. Errors and progress go to standard error. */
export const importFile = async (
  path: string,
  { dryRun = false, setStock = false, json }: Format & { dryRun?: boolean; setStock?: boolean },
): Promise<boolean> => {
  const found = await stat(path).catch(() => undefined)
  if (found?.isDirectory()) throw new Refusal(`${path} is a directory: name a file`)
  if (!found?.isFile()) throw new Refusal(`There is no file ${path}`)
  return await withApp(async (app) => {
    const mode: Mode = { isDryRun: dryRun, stock: setStock ? 'set' : undefined }
    const work = () => importFrom(app, path, mode)
    const summary = await (dryRun ? work() : asOperator('catalog import', { details: { set_stock: setStock } }, work))
    print(summary, { json })
    if (dryRun) printNote('A dry run: nothing was changed')
    return summary.failed === 0
  })
}

type Mode = Readonly<{ isDryRun: boolean; stock: 'set' | undefined }>

async function importFrom(app: App, path: string, mode: Mode): Promise<ImportSummary> {
  let nextReport = Date.now() + progressEvery
  const onProgress = ({ lines, failed }: ImportSummary) => {
    if (Date.now() < nextReport) return
    nextReport = Date.now() + progressEvery
    printNote(`${countOf(lines, 'line')}, ${failed} refused …`)
  }
  try {
    return await openProductFiles(app).importProducts(contentOf(path), {
      ...mode,
      user_id: null,
      onStock: (line, { sku, from, to }) => printNote(`line ${line}, ${sku}: ${from} → ${to} in stock`),
      onError: (line, { column, reason, detail }) =>
        printNote([`line ${line}`, column, `${reason}${detail ? ` (${detail})` : ''}`].filter(Boolean).join(', ')),
      onProgress,
    })
  } catch (error) {
    throw error instanceof UnreadableFile ? new Refusal(`${path}: ${error.message}`) : error
  }
}

/** `posad catalog export [FILE]`: to standard output without a file, and with `-`. */
export const exportFile = async (path: string | undefined): Promise<void> =>
  await withApp(async (app) => {
    const rows = Readable.from(openProductFiles(app).exportProducts())
    if (path !== undefined && path !== '-') return await writeFile(path, rows, stringify())
    for await (const text of rows.pipe(stringify()))
      if (!process.stdout.write(text as Buffer)) await once(process.stdout, 'drain')
  })
