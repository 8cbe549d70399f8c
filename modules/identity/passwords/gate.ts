/** Lets `width` works run at once and `queue` wait; the next is turned away with undefined. */
export function gate({ width, queue }: Readonly<{ width: number; queue: number }>) {
  const waiting: (() => void)[] = []
  let running = 0
  return async <Result>(work: () => Promise<Result>): Promise<{ result: Result } | undefined> => {
    if (running < width) running++
    else if (waiting.length >= queue) return undefined
    else await new Promise<void>((enter) => waiting.push(enter))
    try {
      return { result: await work() }
    } finally {
      const next = waiting.shift()
      // A leaver hands its place over, so that nobody slips in between.
      if (next) next()
      else running--
    }
  }
}
