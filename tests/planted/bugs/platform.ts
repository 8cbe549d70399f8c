import type { Bug } from '../bug.ts'

/** Circuits, semaphores and jobs. */
export const platformBugs: readonly Bug[] = [
  {
    description: 'a cleanup deletes one batch and leaves the other old rows',
    requirement: 'PLT-9',
    file: 'platform/jobs/cleanup-job.ts',
    text: 'while (!signal.aborted && (await deleteBatch(batch)) === batch)',
    replacement: 'if (!signal.aborted) await deleteBatch(batch)',
    caughtBy: 'platform/jobs/cleanup-job.test.ts',
  },
  {
    description: 'new work takes a permit that already went to waiting work',
    requirement: 'ID-3',
    file: 'platform/semaphore/index.ts',
    text: '      if (next) next()\n      else this.#permits++\n',
    replacement: '      next?.()\n      this.#permits++\n',
    caughtBy: 'platform/semaphore/semaphore.test.ts',
  },
  {
    description: 'the attempts in one process do not count in another',
    requirement: 'PLT-10',
    file: 'platform/limits/share-buckets.ts',
    text: '  add: isUnsure ? 0 : add,\n',
    replacement: '  add: 0,\n',
    caughtBy: 'platform/limits/redis-counts.test.ts',
  },
  {
    description: 'attempts during an outage of Redis are lost when it answers again',
    requirement: 'PLT-10',
    file: 'platform/limits/share-buckets.ts',
    text: '      sendAgain(sent.slice(done))\n',
    replacement: '',
    caughtBy: 'platform/limits/redis-counts.test.ts',
  },
  {
    description: 'an open circuit lets every caller probe at once',
    requirement: 'F-1',
    file: 'platform/circuit/circuit.ts',
    text: 'if (this.#probing || this.#now() < this.#nextProbeAt)',
    replacement: 'if (this.#now() < this.#nextProbeAt)',
    caughtBy: 'platform/circuit/circuit.test.ts',
  },
  {
    description: 'a circuit waits for a call that ignores its time limit',
    requirement: 'F-4',
    file: 'platform/circuit/in-time.ts',
    text: 'return await promise\n',
    replacement: 'return await work(end.signal)\n',
    caughtBy: 'platform/circuit/circuit.test.ts',
  },
  {
    description: 'made-up addresses push out the limit of the account that they attack',
    requirement: 'PLT-10',
    file: 'platform/limits/limiter.ts',
    text: '  fullAt.delete(key)\n  fullAt.set(key, full)\n',
    replacement: '  fullAt.set(key, full)\n',
    caughtBy: 'platform/limits/limiter.test.ts',
  },
]
