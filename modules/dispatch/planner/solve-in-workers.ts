import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { rounds } from './exchange.ts'
import type { Round, Solution } from './island.ts'
import { islandSeed, type SolveInput } from './solve.ts'
import type { WorkerNeeds } from './worker.ts'

export type WorkerSolving = SolveInput &
  Readonly<{
    /** The wall time after which the search ends even if its budget is not spent. */
    seconds: number
    /** The moment from which they count, in milliseconds since the epoch; now without it. */
    begun?: number | undefined
    signal?: AbortSignal | undefined
  }>

/** Searches with one thread per island, so that the event loop stays free. The abort of `signal` ends them and rejects. */
export async function solveInWorkers(solving: WorkerSolving): Promise<Solution> {
  const { problem, islands, signal } = solving
  signal?.throwIfAborted()
  const workers = Array.from({ length: islands }, (_, island) => startWorker(solving, island))
  const failed = new AbortController()
  const stop = signal ? AbortSignal.any([signal, failed.signal]) : failed.signal
  for (const worker of workers) worker.once('error', (error) => failed.abort(error))
  try {
    const search = rounds(problem, islands)
    let step = search.next()
    while (!step.done) {
      const answers = workers.map((worker, island) => answer(worker, (step.value as readonly Round[])[island]!, stop))
      step = search.next(await Promise.all(answers))
    }
    return step.value
  } catch (error) {
    throw stop.aborted ? stop.reason : error
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()))
  }
}

function startWorker(solving: WorkerSolving, island: number): Worker {
  const { problem, budget, seed, seconds, begun = performance.timeOrigin + performance.now() } = solving
  const needs: WorkerNeeds = { problem, budget, seed: islandSeed(seed, island), begun, seconds }
  return new Worker(new URL('worker.ts', import.meta.url), { workerData: needs })
}

async function answer(worker: Worker, round: Round, signal: AbortSignal): Promise<Solution> {
  const message = once(worker, 'message', { signal }) as Promise<[Solution]>
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
  worker.postMessage(round)
  return (await message)[0]
}
