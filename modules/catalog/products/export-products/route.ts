import { Readable } from 'node:stream'
import { stringify } from 'csv-stringify'
import { Type } from 'typebox'
import type { Routes } from '#platform/http'
import type { ExportProducts } from './query.ts'

const schema = {
  tags: ['catalog admin'],
  summary: 'Export every variant as CSV; the import takes the same file',
  response: {
    200: {
      description: 'One line for each variant, bundles last',
      content: { 'text/csv': { schema: Type.String() } },
    },
  },
}

/** The products are read while the response goes out, two hundred at a time. */
export const exportProductsRoute =
  ({ exportProducts }: Readonly<{ exportProducts: ExportProducts }>): Routes =>
  (http) => {
    const config = { access: { permission: 'catalog.write' } }
    http.get('/admin/products/export', { schema, config }, (_request, reply) => {
      const rows = Readable.from(exportProducts())
      const lines = stringify()
      rows.on('error', (error) => lines.destroy(error))
      lines.on('close', () => rows.destroy())
      return reply
        .header('content-type', 'text/csv; charset=utf-8')
        .header('content-disposition', 'attachment; filename="products.csv"')
        .header('cache-control', 'no-store')
        .send(rows.pipe(lines) as never) as never
    })
  }
