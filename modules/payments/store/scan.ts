import { Semaphore } from '#platform/semaphore'

/** A row of a scan: `at` and `id` are its place in the order of the scan. A `Date` would lose the microseconds of `at`. */
export type ScannedRow = Readonly<{ id: string; at: string }>

/** The rows of one page after `after`; from the first row when it is undefined. */
export type PageAfter = (after: ScannedRow | undefined) => Promise<readonly ScannedRow[]>

/** Less than every id, for the first page. */
export const firstId = '00000000-0000-0000-0000-000000000000'

/** A provider that answers late holds this many rows, and not the rows behind them. */
const atOnce = 8

type Scan = Readonly<{ pageAfter: PageAfter; each: (id: string) => Promise<void>; signal: AbortSignal }>

/**
 * Runs `each` for every row of all pages, several at once, and returns the errors: a row that fails stops no other. A scan
 * that is aborted, because its time is over, goes on behind its last page in the next run.
 */
export function scanRows(): (scan: Scan) => Promise<readonly unknown[]> {
  let after: ScannedRow | undefined
  return async ({ pageAfter, each, signal }) => {
    const errors: unknown[] = []
    const semaphore = new Semaphore(atOnce)
    const runEach = async ({ id }: ScannedRow) => {
      if (!signal.aborted) await each(id).catch((error: unknown) => errors.push(error))
    }
    while (!signal.aborted) {
      const page = await pageAfter(after)
      await Promise.all(page.map((row) => semaphore.run(() => runEach(row))))
      after = page.at(-1)
      if (!after) return errors
    }
    return errors
  }
}
