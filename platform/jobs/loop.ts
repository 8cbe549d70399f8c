import { setTimeout as sleep } from 'node:timers/promises'
import { seconds } from '#platform/values'

type Loop = Readonly<{
  /** Works once, and returns the milliseconds until the next run. Runs never overlap in this process. */
  run: (signal: AbortSignal) => Promise<number>
  onError: (error: unknown) => void
}>

/** Work that repeats in this process. */
export type RunningLoop = Readonly<{
  /** Waits for the current run. */
  stop: () => Promise<void>
}>

const pauseAfterError = seconds(1)

/** Starts work that repeats, and runs at once when it is woken: a job of the queue would start up to two seconds late. */
export class WakeableLoop {
  #woken = Promise.withResolvers<void>()

  /** Ends the pause before the next run, or lets one more run follow the current one. */
  readonly wake = (): void => this.#woken.resolve()

  start({ run, onError }: Loop): RunningLoop {
    const stopped = new AbortController()
    const repeat = async () => {
      while (!stopped.signal.aborted) {
        this.#woken = Promise.withResolvers<void>()
        const pause = await run(stopped.signal).catch((error: unknown) => {
          onError(error)
          return pauseAfterError
        })
        await this.#pause(pause, stopped.signal)
      }
    }
    const work = repeat()
    return {
      stop: async () => {
        stopped.abort()
        await work
      },
    }
  }

  async #pause(milliseconds: number, stopped: AbortSignal): Promise<void> {
    const ended = new AbortController()
    const signal = AbortSignal.any([stopped, ended.signal])
    await Promise.race([sleep(milliseconds, undefined, { signal }).catch(() => {}), this.#woken.promise])
    ended.abort()
  }
}
