import type { ReviewSummary } from './schema.ts'

/** The published reviews of one platform. */
export type ReviewTotal = Readonly<{ platform: string; count: number; rating_sum: number }>

const averageOf = ({ count, rating_sum }: Omit<ReviewTotal, 'platform'>): number | null =>
  count === 0 ? null : Math.round((rating_sum / count) * 100) / 100

/** The aggregate rating of each platform and of all together. */
export function summaryOf(totals: readonly ReviewTotal[]): ReviewSummary {
  const counted = totals.filter(({ count }) => count > 0)
  const all = {
    count: counted.reduce((sum, { count }) => sum + count, 0),
    rating_sum: counted.reduce((sum, total) => sum + total.rating_sum, 0),
  }
  return {
    count: all.count,
    average: averageOf(all),
    platforms: counted.map((total) => ({ platform: total.platform, count: total.count, average: averageOf(total) })),
  }
}
