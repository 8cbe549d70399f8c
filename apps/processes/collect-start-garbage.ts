import { setTimeout as sleep } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { seconds } from '#platform/values'

type Collect = (options: Readonly<{ type: 'major'; execution: 'async' }>) => Promise<void>

/** Time for the first requests: a collection pauses the program for some 100 ms. */
const pause = seconds(4)

/**
 * Collects the garbage of the start, some seconds after it. V8 collects when a program allocates much, so a shop that waits
 * for customers would keep some 40 MB. The first collection empties pages of the heap, and the second one returns them.
 */
export async function collectStartGarbage(): Promise<void> {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as Collect
  for (let n = 0; n < 2; n++) {
    await sleep(pause, undefined, { ref: false })
    await collect({ type: 'major', execution: 'async' })
  }
}
