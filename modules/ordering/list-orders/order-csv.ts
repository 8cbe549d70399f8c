import { timeCursor } from '#platform/db'
import { pageOf, windowOf } from '#platform/outcome'
import type { FindBuyers } from '../buyers.ts'
import { adminOrderSummaryOf, type PayUrlOf } from '../order-view.ts'
import type { AdminOrderSummary } from '../schema.ts'
import type { FindOrders, OrderFilter } from './query.ts'

/** Orders that are in memory at once. */
const page_size = 100

const addressOf = ({ delivery_address: address }: AdminOrderSummary): string => {
  if (address === null || typeof address === 'string') return address ?? ''
  const { country, postcode = '', city, street, house, apartment = '' } = address
  return [country, postcode, city, street, house, apartment].filter((part) => part !== '').join(', ')
}

/**
 * A text that is no formula in any cell: a spreadsheet with semicolons between its cells, as the Russian ones are, begins a cell in
 * the middle of a text. The beginning of a field is escaped by the writer of the file.
 */
const withoutFormulas = (cell: string | number): string | number =>
  typeof cell === 'number' ? cell : cell.replaceAll(/([;\t\r\n]\s*)(?=[=+\-@＝＋－＠])/g, "$1'")

/** The columns of a file of orders, one line for each order. Amounts are minor units. */
const columns = {
  number: ({ number }) => number,
  created_at: ({ created_at }) => created_at,
  status: ({ status }) => status,
  reason: ({ reason }) => reason ?? '',
  items: ({ items }) => items.map(({ sku, quantity }) => `${sku}*${quantity}`).join('|'),
  items_amount: ({ items_amount }) => items_amount,
  discount_amount: ({ discount_amount }) => discount_amount,
  delivery_fee: ({ delivery_fee }) => delivery_fee,
  total_amount: ({ total_amount }) => total_amount,
  currency: ({ currency }) => currency,
  coupon: ({ coupon }) => coupon ?? '',
  payment_method: ({ payment_method }) => payment_method,
  payment_status: ({ payment }) => payment.status ?? '',
  delivery_method: ({ delivery_method }) => delivery_method,
  shipment_status: ({ shipment }) => shipment?.status ?? '',
  buyer_name: ({ buyer }) => buyer.name ?? '',
  buyer_email: ({ buyer }) => buyer.email ?? '',
  buyer_phone: ({ buyer }) => buyer.phone ?? '',
  recipient_name: ({ recipient_name }) => recipient_name ?? '',
  recipient_phone: ({ recipient_phone }) => recipient_phone ?? '',
  delivery_address: addressOf,
  comment: ({ comment }) => comment ?? '',
  id: ({ id }) => id,
} as const satisfies Record<string, (order: AdminOrderSummary) => string | number>

type Row = readonly (string | number)[]
type Needs = Readonly<{ findOrders: FindOrders; findBuyers: FindBuyers; payUrlOf: PayUrlOf }>
export type ExportOrderList = (filter: OrderFilter) => AsyncGenerator<Row>

/** The header and the orders of a filter, newest first, read page by page by a cursor. */
export const exportOrderList = ({ findOrders, findBuyers, payUrlOf }: Needs): ExportOrderList =>
  async function* (filter) {
    yield Object.keys(columns)
    for (let cursor: string | null = ''; cursor !== null;) {
      const window = windowOf({ page_size, ...(cursor !== '' && { cursor }) })
      const found = await findOrders({ ...filter, window })
      const { items, next_cursor } = pageOf({
        items: found,
        counted: 0,
        window,
        cursorOf: ({ order }) => timeCursor(order),
      })
      const accounts = await findBuyers(items.map(({ order }) => order.user_id))
      for (const listed of items) {
        const order = adminOrderSummaryOf(listed, { locale: 'en', payUrlOf, accounts })
        yield Object.values(columns).map((cellOf) => withoutFormulas(cellOf(order)))
      }
      cursor = next_cursor
    }
  }
