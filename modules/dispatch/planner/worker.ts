import { parentPort, workerData } from 'node:worker_threads'
import { openIsland, type IslandNeeds, type Round } from './island.ts'

/** An island in a thread of its own: it receives rounds and answers each with its solution. */

export type WorkerNeeds = Omit<IslandNeeds, 'overdue'> &
  Readonly<{
    /** The moment from which `seconds` count, in milliseconds. */
    begun: number
    seconds: number
  }>

const { begun, seconds, ...needs } = workerData as WorkerNeeds

/** A machine that keeps up with the budget is never overdue, so that its plan depends on the budget alone. */
const allowance = 0.2

/** A thread that starts late on a busy machine still gets this share of the time. */
const leastShare = 0.75

const now = () => performance.timeOrigin + performance.now()
const ready = now()
const until = Math.max(begun + 1000 * seconds, ready + leastShare * 1000 * seconds)
const overdue = () => ((now() - ready) / (until - ready) - allowance) / (1 - allowance)

const island = openIsland({ ...needs, overdue })
parentPort?.on('message', (round: Round) => {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
  parentPort?.postMessage(island.run(round))
})
