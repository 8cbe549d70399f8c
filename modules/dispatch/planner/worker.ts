import { parentPort, workerData } from 'node:worker_threads'
import { openIsland, type IslandNeeds, type Round } from './island.ts'

/** An island in a thread of its own: it receives rounds and answers each with its solution. */

/** `until` is the wall time at which the search must be over, `begun` the time at which it began, in milliseconds. */
export type WorkerNeeds = Omit<IslandNeeds, 'overdue'> & Readonly<{ begun: number; until: number }>

const { begun, until, ...needs } = workerData as WorkerNeeds

/** A machine that keeps up with the budget is never overdue, so that its plan depends on the budget alone. */
const allowance = 0.2

const overdue = () => {
  const share = (performance.timeOrigin + performance.now() - begun) / (until - begun)
  return (share - allowance) / (1 - allowance)
}

const island = openIsland({ ...needs, overdue })
parentPort?.on('message', (round: Round) => {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
  parentPort?.postMessage(island.run(round))
})
