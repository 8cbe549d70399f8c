import { setTimeout as sleep } from 'node:timers/promises'

/** Repeats `check` until it passes, and returns its result. After `within` milliseconds throws its last error. */
export async function eventually<Result>(
  check: () => Result | Promise<Result>,
  { within = 5000, every = 20 }: { within?: number; every?: number } = {},
): Promise<Result> {
  for (const end = Date.now() + within; ; await sleep(every)) {
    try {
      return await check()
    } catch (error) {
      if (Date.now() >= end) throw error
    }
  }
}

/** Runs `each` n times at once and returns the outcome of every call. */
export const crowd = <Result>(
  n: number,
  each: (i: number) => Promise<Result>,
): Promise<PromiseSettledResult<Result>[]> => Promise.allSettled(Array.from({ length: n }, (_, i) => each(i)))
