import { Type, type TSchema } from 'typebox'
import { isId } from '#platform/values'
import { Problem } from './problem.ts'

const deepest = 10_000
const cursorLength = 1024

/** Query parameters of every list: spread into the `querystring` schema. */
export const PageQuery = {
  page: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000, description: 'The first page is 1' })),
  page_size: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, description: '20 when absent' })),
  skip: Type.Optional(Type.Integer({ minimum: 0, maximum: 100_000_000, description: 'With limit, instead of page' })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, description: 'The same as page_size' })),
  cursor: Type.Optional(
    Type.String({ minLength: 1, maxLength: cursorLength, description: '`next_cursor` of the page before' }),
  ),
}

/** Where a keyset page goes on: the sort values of the last row shown. */
type Cursor = readonly (string | number)[]

/** The part of a list that is asked for. Read `limit + 1` rows: the extra one says that there is a next page. */
export type Window = Readonly<{ limit: number; offset: number; page: number; page_size: number; cursor?: Cursor }>

type Asked = Partial<Readonly<{ page: number; page_size: number; skip: number; limit: number; cursor: string }>>

/** Reads the window out of a checked query. Throws 400 for offsets beyond 10,000 and for cursors that are not ours. */
export function windowOf(query: Asked): Window {
  const page_size = query.page_size ?? query.limit ?? 20
  if (query.cursor !== undefined) {
    return { limit: page_size, offset: 0, page: query.page ?? 1, page_size, cursor: readCursor(query.cursor) }
  }
  const offset = query.skip ?? ((query.page ?? 1) - 1) * page_size
  if (offset > deepest) throw new Problem(400, 'offset-too-deep')
  return { limit: page_size, offset, page: query.page ?? Math.floor(offset / page_size) + 1, page_size }
}

/** The answer of a list of `item`. */
export const Page = <Item extends TSchema>(item: Item) =>
  Type.Object({
    items: Type.Array(item, { maxItems: 100 }),
    total: Type.Integer({ minimum: 0 }),
    page: Type.Integer({ minimum: 1 }),
    page_size: Type.Integer({ minimum: 1, maximum: 100 }),
    pages: Type.Integer({ minimum: 0 }),
    next_cursor: Type.Unsafe<string | null>({ type: ['string', 'null'], description: 'null on the last page' }),
    total_capped: Type.Optional(
      Type.Boolean({ description: '`total` is a lower bound: counting on would cost a scan' }),
    ),
  })

type Found<Item> = Readonly<{
  /** Up to `limit + 1` rows. */
  items: readonly Item[]
  total: number
  window: Window
  cursorOf: (last: Item) => Cursor
  total_capped?: boolean | undefined
}>

/** Makes the answer of a list. With a cursor, only the extra row says that there is more. */
export function pageOf<Item>({ items, total, window, cursorOf, total_capped }: Found<Item>) {
  const { limit, offset, page, page_size, cursor } = window
  const shown = items.slice(0, limit)
  const last = shown.at(-1)
  const more = items.length > limit || (!cursor && shown.length === limit && offset + limit < total)
  return {
    items: shown,
    total,
    page,
    page_size,
    pages: Math.ceil(total / page_size),
    next_cursor: more && last !== undefined ? writeCursor(cursorOf(last)) : null,
    ...(total_capped && { total_capped }),
  }
}

/** A page of a list that is read whole because it is short. The cursor is the place to go on at. */
export function pageOfAll<Item>(all: readonly Item[], window: Window) {
  const start = window.cursor ? placeIn(window.cursor) : window.offset
  const end = start + window.limit
  return pageOf({ items: all.slice(start, end + 1), total: all.length, window, cursorOf: () => [end] })
}

function placeIn([place, ...rest]: Cursor): number {
  if (typeof place !== 'number' || !Number.isSafeInteger(place) || place < 0 || rest.length > 0) throw badCursor()
  return place
}

/** For cursors that are somebody else's, or of another list. */
export const badCursor = (): Problem => new Problem(400, 'bad-cursor')

/** The id that a list sorted by id goes on after; undefined without a cursor. Throws 400 for a cursor that is no id. */
export function idAfter({ cursor }: Window): string | undefined {
  const id = cursor?.[0]
  if (cursor === undefined || (cursor.length === 1 && isId(String(id)))) return cursor && String(id)
  throw badCursor()
}

const writeCursor = (cursor: Cursor): string => Buffer.from(JSON.stringify(cursor)).toString('base64url')

function readCursor(text: string): Cursor {
  try {
    const cursor: unknown = JSON.parse(Buffer.from(text, 'base64url').toString())
    if (Array.isArray(cursor) && cursor.length > 0 && cursor.length <= 8 && cursor.every(isKey)) return cursor
  } catch {
    // Not JSON: not ours.
  }
  throw badCursor()
}

const isKey = (value: unknown): value is string | number =>
  typeof value === 'string' ? value.isWellFormed() && !value.includes('\0') : Number.isFinite(value)
