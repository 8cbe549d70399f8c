import { Readable } from 'node:stream'
import { stringify } from 'csv-stringify'
import { Type } from 'typebox'
import type { IdentityApi } from '#identity'
import { userOf } from '#platform/access'
import type { Routes } from '#platform/http'
import { pageOfAll, windowOf } from '#platform/outcome'
import { Closed, Page, PageQuery } from '#platform/schema'
import type { Locale } from '#platform/values'
import type { FindBuyers } from '../buyers.ts'
import { adminOrderSummaryOf, orderSummaryOf, type PayUrlOf } from '../order-view.ts'
import { AdminOrderSummary, OrderStatus, OrderSummary } from '../schema.ts'
import { adminFilter, readFilter } from './admin-filter.ts'
import { exportOrderList } from './order-csv.ts'
import type { FindOrders, ListOrders } from './query.ts'

const tags = ['ordering']

const querystring = Closed({ ...PageQuery, status: Type.Optional(OrderStatus) })
const response = { 200: Page(OrderSummary) }

type Needs = Readonly<{ listOrders: ListOrders; payUrlOf: PayUrlOf }>

export const listOrdersRoutes =
  ({ listOrders, payUrlOf }: Needs): Routes =>
  (http) => {
    const own = { tags, summary: 'List your orders, newest first', querystring, response }
    http.get('/orders', { schema: own, config: { access: 'user' } }, async ({ query, caller, locale }) => {
      const { user_id } = userOf(caller)
      const page = await listOrders({ user_id, status: query.status, window: windowOf(query) })
      return { ...page, items: page.items.map((listed) => orderSummaryOf(listed, { locale, payUrlOf })) }
    })
  }

const list = {
  tags,
  summary: 'List all orders, newest first',
  description: 'Includes the buyer, the recipient, the address, the comment and the lines to pack.',
  querystring: Closed({ ...PageQuery, ...adminFilter }),
  response: { 200: Page(AdminOrderSummary) },
}

const file = {
  tags,
  summary: 'Export orders as CSV, newest first, with the filters of the list',
  querystring: Closed(adminFilter),
  response: {
    200: {
      description:
        'One line for each order; amounts are minor units. A text that a spreadsheet would compute begins with an apostrophe.',
      content: { 'text/csv': { schema: Type.String() } },
    },
  },
}

const ofPrograms = {
  tags,
  summary: 'List orders, newest first, to another program: those of a Telegram user, or all',
  querystring: Closed({
    ...PageQuery,
    telegram_id: Type.Optional(Type.String({ pattern: '^[1-9][0-9]{0,15}$', maxLength: 16 })),
  }),
  response: { 200: Page(AdminOrderSummary) },
}

type AllNeeds = Readonly<{
  listOrders: ListOrders
  findOrders: FindOrders
  findBuyers: FindBuyers
  findAccounts: IdentityApi['findAccounts']
  payUrlOf: PayUrlOf
}>

/** The orders of all buyers, for staff and other programs. */
export const listAllOrdersRoutes =
  ({ listOrders, findBuyers, payUrlOf, ...needs }: AllNeeds): Routes =>
  (http) => {
    const filterOf = readFilter(needs.findAccounts)
    const exportRows = exportOrderList({ ...needs, findBuyers, payUrlOf })
    const shownPage = async ({ locale, ...filter }: Parameters<ListOrders>[0] & Readonly<{ locale: Locale }>) => {
      const page = await listOrders(filter)
      const accounts = await findBuyers(page.items.map(({ order }) => order.user_id))
      return { ...page, items: page.items.map((listed) => adminOrderSummaryOf(listed, { locale, payUrlOf, accounts })) }
    }
    const config = { access: { permission: 'orders.read' } }
    http.get('/admin/orders', { schema: list, config }, async ({ query, locale }) =>
      shownPage({ ...(await filterOf(query)), window: windowOf(query), locale }),
    )

    http.get('/admin/orders/export', { schema: file, config }, async ({ query }, reply) => {
      const rows = Readable.from(exportRows(await filterOf(query)))
      const lines = stringify({ escape_formulas: true })
      rows.on('error', (error) => lines.destroy(error))
      lines.on('close', () => rows.destroy())
      return reply
        .header('content-type', 'text/csv; charset=utf-8')
        .header('content-disposition', 'attachment; filename="orders.csv"')
        .header('cache-control', 'no-store')
        .send(rows.pipe(lines) as never) as never
    })

    http.get('/internal/orders', { schema: ofPrograms, config: { access: 'machine' } }, async ({ query, locale }) => {
      const { telegram_id } = query
      const window = windowOf(query)
      if (telegram_id === undefined) return shownPage({ window, locale })
      const [user_id] = await needs.findAccounts({ telegram_id })
      return user_id === undefined ? pageOfAll([], window) : shownPage({ user_id, window, locale })
    })
  }
