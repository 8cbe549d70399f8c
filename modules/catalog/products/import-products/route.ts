import { Readable } from 'node:stream'
import { finished } from 'node:stream/promises'
import { Type } from 'typebox'
import { userIdOf } from '#platform/access'
import { answer, problemsOf, refuse, withUpload, type AnyReply, type AnyRequest, type Routes } from '#platform/http'
import { Closed, NoBody } from '#platform/schema'
import { contentOf } from '#platform/storage'
import type { Localized } from '#platform/values'
import { UnreadableFile } from '../../csv-lines.ts'
import type { ImportProducts } from './import-products.ts'

const answers = {
  'import-running': answer(
    409,
    'Another import is running. Wait until it ends.',
    'Идёт другой импорт: дождитесь его окончания.',
  ),
}

const schema = {
  tags: ['catalog admin'],
  summary:
    'Import products from a CSV file; the response reports the progress while the file is read, and ends with the summary',
  querystring: Closed({
    stock: Type.Optional(
      Type.Literal('set', {
        description:
          'Sets the stock to `on_hand`. Without it a line changes the stock by the difference of `on_hand` to `expected_on_hand`. It is refused with `stock-changed` when the shop has sold or received pieces since the export that gave `stock_version`, and with `stock-version-missing` when the file has no `stock_version`. A file without `expected_on_hand` changes no stock.',
      }),
    ),
    dry_run: Type.Optional(Type.Boolean({ description: 'Tries each line by itself and changes nothing' })),
  }),
  body: NoBody,
  response: {
    200: {
      description:
        'Server-sent events with JSON: `progress` with the counts so far, `refused` for a wrong line, `stock` for each variant whose pieces change, and at the end `done` with the counts, or `failed` when the file cannot be read',
      content: { 'text/event-stream': { schema: Type.String() } },
    },
    ...problemsOf(answers),
  },
}

/** A file with 100,000 variants has about 30 MB. */
const maxBytes = 100 * 1024 * 1024
/** Later wrong lines are in the count only, and later changes of the stock are not reported. */
const maxRefusals = 1000

export const importProductsRoute = ({ importProducts }: Readonly<{ importProducts: ImportProducts }>): Routes => {
  let isRunning = false
  return (http) => {
    const config = {
      access: { permission: 'catalog.write' },
      upload: maxBytes,
      repeat: 'A second import of the same file changes nothing.',
    }
    http.post('/admin/products/import', { schema, config }, async (request, reply) =>
      withUpload(request, async ({ path }) => {
        if (isRunning) return refuse(reply, { kind: 'refused', reason: 'import-running' }, answers)
        isRunning = true
        try {
          return await report(importProducts, { path, request, reply, query: request.query })
        } finally {
          isRunning = false
        }
      }),
    )
  }
}

/** The advice for staff when the stock of a line is refused. */
const stockProblems: Readonly<Record<string, Localized>> = {
  'stock-changed': {
    en: 'The shop has sold or received pieces since the export. Export the products again, or set the stock.',
    ru: 'После выгрузки магазин продал или получил товар. Выгрузите товары ещё раз или задайте остаток целиком.',
  },
  'stock-version-missing': {
    en: 'The line changes the stock and has no stock_version. Start from an export, or set the stock.',
    ru: 'Строка меняет остаток, но в ней нет stock_version. Начните с выгрузки или задайте остаток целиком.',
  },
}

const interrupted = { en: 'The import was interrupted', ru: 'Импорт прерван' }

type Query = Readonly<{ dry_run?: boolean; stock?: 'set' }>
type Import = Readonly<{ path: string; request: AnyRequest; reply: AnyReply; query: Query }>

/** Imports and reports. The import ends with its connection and with the server; what has been imported by then stays. */
async function report(importProducts: ImportProducts, { path, request, reply, query }: Import): Promise<never> {
  const events = new Readable({ read() {} })
  const end = new AbortController()
  const signal = AbortSignal.any([end.signal, request.server.stopping])
  const sent = finished(events, { writable: false }).catch(() => undefined)
  events.once('close', () => end.abort())
  reply
    .header('content-type', 'text/event-stream; charset=utf-8')
    .header('cache-control', 'no-store')
    .header('x-accel-buffering', 'no')
    .send(events)
  const send = (event: string, content: object) => {
    if (!events.destroyed) events.push(`event: ${event}\ndata: ${JSON.stringify(content)}\n\n`)
  }
  let refusals = 0
  let stockChanges = 0
  try {
    const summary = await importProducts(contentOf(path, { signal }), {
      isDryRun: query.dry_run ?? false,
      stock: query.stock,
      onStock: (line, change) => {
        if (++stockChanges <= maxRefusals) send('stock', { line, ...change })
      },
      user_id: userIdOf(request.caller),
      onError: (line, error) => {
        const problem = stockProblems[error.reason]?.[request.locale]
        if (++refusals <= maxRefusals) send('refused', { line, ...error, ...(problem !== undefined && { problem }) })
      },
      onProgress: (counts) => send('progress', counts),
    })
    send('done', summary)
  } catch (error) {
    if (!(error instanceof UnreadableFile) && !signal.aborted) request.log.error({ err: error }, 'an import failed')
    send('failed', { problem: (error instanceof UnreadableFile ? error.texts : interrupted)[request.locale] })
  }
  if (!events.destroyed) events.push(null)
  await sent
  return reply as never
}
