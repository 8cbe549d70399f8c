/** A product that matches a filter, with its sort key. */
export type Match = Readonly<{ product_id: string; key: string | number }>

/** One match more than the page shows, if a next page exists. `total` is a lower bound when it is capped. */
export type FoundPage = Readonly<{ matches: readonly Match[]; total: number; total_capped: boolean }>

/** Counts stop here: a shop shows "1000+". */
export const maxCounted = 1000

/** The number of matches, up to a thousand. */
export const counted = (total: number) => ({ total: Math.min(total, maxCounted), total_capped: total > maxCounted })

type Row = Readonly<{ product_id: string | null; key: string }>

/** The matches of rows that have a count too, and no product where the page is empty. */
export const matchesOf = (rows: readonly Row[]): readonly Match[] =>
  rows.flatMap(({ product_id, key }) => (product_id === null ? [] : [{ product_id, key }]))
