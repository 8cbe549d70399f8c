import { setTimeout as sleep } from 'node:timers/promises'

/** Repeats `look` until it does not throw and returns what it returned; after `within` milliseconds throws its last error. */
export async function eventually<Result>(
  look: () => Result | Promise<Result>,
  { within = 5000, every = 20 }: { within?: number; every?: number } = {},
): Promise<Result> {
  for (const end = Date.now() + within; ; await sleep(every)) {
    try {
      return await look()
    } catch (error) {
      if (Date.now() >= end) throw error
    }
  }
}

/** Runs `each` n times at once and returns how every one ended. */
export const crowd = <Result>(
  n: number,
  each: (i: number) => Promise<Result>,
): Promise<PromiseSettledResult<Result>[]> => Promise.allSettled(Array.from({ length: n }, (_, i) => each(i)))
