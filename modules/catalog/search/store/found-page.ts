/** A product that matches a filter, with its sort key. */
export type Match = Readonly<{ product_id: string; key: string | number }>

/** One match more than the page shows, if a next page exists. `total` is a lower bound when it is capped. */
export type FoundPage = Readonly<{ matches: readonly Match[]; total: number; total_capped: boolean }>

/** Counts stop here: a shop shows "1000+". */
export const maxCounted = 1000

/** The number of matches, up to a thousand. */
export const counted = (total: number) => ({ total: Math.min(total, maxCounted), total_capped: total > maxCounted })
