type Limits = Readonly<{
  /** Milliseconds. */
  timeLimit: number
  /** The error after `timeLimit`. */
  tooLate: () => Error
  /** The caller gives up when this signal aborts: its reason is thrown. */
  signal?: AbortSignal | undefined
}>

/**
 * Waits for `work` until its time is over or `signal` aborts, also when `work` never ends. The signal that `work` receives
 * then aborts, so that it can stop; its late result is dropped.
 */
export async function inTime<Result>(
  work: (signal: AbortSignal) => Promise<Result>,
  { timeLimit, tooLate, signal }: Limits,
): Promise<Result> {
  signal?.throwIfAborted()
  const { promise, resolve, reject } = Promise.withResolvers<Result>()
  const end = new AbortController()
  const giveUp = (reason: unknown) => {
    reject(reason)
    end.abort(reason)
  }
  const onAbort = () => giveUp(signal?.reason)
  const timer = setTimeout(() => giveUp(tooLate()), timeLimit)
  signal?.addEventListener('abort', onAbort)
  try {
    work(end.signal).then(resolve, reject)
    return await promise
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', onAbort)
  }
}
