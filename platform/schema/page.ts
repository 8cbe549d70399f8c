import { Type, type TSchema } from 'typebox'
import { named } from './schema.ts'

/** The query parameters of every list: spread them into the `querystring` schema. */
export const PageQuery = {
  page: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000, description: 'The first page is 1' })),
  page_size: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, description: '20 when absent' })),
  skip: Type.Optional(
    Type.Integer({ minimum: 0, maximum: 100_000_000, description: 'Together with limit, instead of page' }),
  ),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, description: 'The same as page_size' })),
  cursor: Type.Optional(
    Type.String({ minLength: 1, maxLength: 1024, description: 'The `next_cursor` of the previous page' }),
  ),
}

/** The response of a list of `item`; a named item names its list too: `OrderSummary` makes `OrderSummaryPage`. */
export const Page = <Item extends TSchema>(item: Item) => {
  const page = Type.Object({
    items: Type.Array(item, { maxItems: 100 }),
    total: Type.Integer({ minimum: 0 }),
    page: Type.Integer({ minimum: 1 }),
    page_size: Type.Integer({ minimum: 1, maximum: 100 }),
    pages: Type.Integer({ minimum: 0 }),
    next_cursor: Type.Unsafe<string | null>({ type: ['string', 'null'], description: 'null on the last page' }),
    total_capped: Type.Optional(
      Type.Boolean({ description: '`total` is a lower bound: an exact count would cost a scan' }),
    ),
  })
  const { title } = item as { title?: string }
  return title === undefined ? page : named(`${title}Page`, page)
}
