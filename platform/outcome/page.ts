import { isId } from '#platform/values'

/** PostgreSQL reads all skipped rows, so a deeper page costs too much. */
const maxOffset = 10_000

/** The sort values of the last row on a page; the next page starts after them. */
type Cursor = readonly (string | number)[]

/** The part of a list that a request asks for. Read `limit + 1` rows: the extra row shows that a next page exists. */
export type Window = Readonly<{ limit: number; offset: number; page: number; page_size: number; cursor?: Cursor }>

type PageRequest = Partial<Readonly<{ page: number; page_size: number; skip: number; limit: number; cursor: string }>>

/** Thrown for a cursor that this list did not issue, and for an offset beyond 10,000. HTTP answers 400. */
export class InvalidPage extends Error {
  readonly reason: 'bad-cursor' | 'offset-too-deep'
  constructor(reason: InvalidPage['reason']) {
    super(reason)
    this.name = 'InvalidPage'
    this.reason = reason
  }
}

/** Reads the window from a validated query. Throws `InvalidPage`. */
export function windowOf(query: PageRequest): Window {
  const page_size = query.page_size ?? query.limit ?? 20
  if (query.cursor !== undefined) {
    return { limit: page_size, offset: 0, page: query.page ?? 1, page_size, cursor: readCursor(query.cursor) }
  }
  const offset = query.skip ?? ((query.page ?? 1) - 1) * page_size
  if (offset > maxOffset) throw new InvalidPage('offset-too-deep')
  return { limit: page_size, offset, page: query.page ?? Math.floor(offset / page_size) + 1, page_size }
}

/** One page of a list, as `Page(item)` of `#platform/schema` describes it. */
export type ItemPage<Item> = {
  items: Item[]
  total: number
  page: number
  page_size: number
  pages: number
  next_cursor: string | null
  total_capped?: boolean
}

type Rows<Item> = Readonly<{
  /** Up to `limit + 1` rows. */
  items: readonly Item[]
  window: Window
  cursorOf: (last: Item) => Cursor
}> &
  (Readonly<{ total: number; total_capped?: boolean }> | Readonly<{ /** Up to `maxCounted + 1`. */ counted: number }>)

/** Where the count of a long list stops: its total is then a lower bound. */
export const maxCounted = 10_000

/** Makes one page of a list. With a cursor, only the extra row shows that more rows follow. */
export function pageOf<Item>({ items, window, cursorOf, ...length }: Rows<Item>): ItemPage<Item> {
  const total = 'counted' in length ? Math.min(length.counted, maxCounted) : length.total
  const total_capped = 'counted' in length ? length.counted > maxCounted : length.total_capped
  const { limit, offset, page, page_size, cursor } = window
  const shown = items.slice(0, limit)
  const last = shown.at(-1)
  const hasMore = items.length > limit || (!cursor && shown.length === limit && offset + limit < total)
  return {
    items: shown,
    total,
    page,
    page_size,
    pages: Math.ceil(total / page_size),
    next_cursor: hasMore && last !== undefined ? cursorText(cursorOf(last)) : null,
    ...(total_capped && { total_capped }),
  }
}

/** Makes one page of a list that is short enough to be read whole. Its cursor is the position of the next item. */
export function pageOfAll<Item>(all: readonly Item[], window: Window): ItemPage<Item> {
  const start = window.cursor ? positionIn(window.cursor) : window.offset
  const end = start + window.limit
  return pageOf({ items: all.slice(start, end + 1), total: all.length, window, cursorOf: () => [end] })
}

function positionIn([position, ...rest]: Cursor): number {
  if (typeof position !== 'number' || !Number.isSafeInteger(position) || position < 0 || rest.length > 0) {
    throw new InvalidPage('bad-cursor')
  }
  return position
}

/** The id after which a list sorted by id continues; undefined without a cursor. Throws `InvalidPage`. */
export function idAfter({ cursor }: Window): string | undefined {
  if (cursor === undefined) return undefined
  const id = String(cursor[0])
  if (cursor.length === 1 && isId(id)) return id
  throw new InvalidPage('bad-cursor')
}

/** The text of a cursor, as `windowOf` reads it. */
export const cursorText = (cursor: Cursor): string => Buffer.from(JSON.stringify(cursor)).toString('base64url')

function readCursor(text: string): Cursor {
  try {
    const cursor: unknown = JSON.parse(Buffer.from(text, 'base64url').toString())
    if (Array.isArray(cursor) && cursor.length > 0 && cursor.length <= 8 && cursor.every(isSortValue)) return cursor
  } catch {
    // The text is not JSON, so this program did not issue it.
  }
  throw new InvalidPage('bad-cursor')
}

const isSortValue = (value: unknown): value is string | number =>
  typeof value === 'string' ? value.isWellFormed() && !value.includes('\0') : Number.isFinite(value)
