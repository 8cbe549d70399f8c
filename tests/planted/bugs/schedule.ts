import type { Bug } from '../bug.ts'

const scheduler = 'platform/events/processing/group-scheduler.ts'
const handling = 'platform/events/processing/handle-events.ts'
const caughtBy = 'platform/events/processing/linger.test.ts'

/** Bugs in the order and the batches in which a group handles its events. */
export const scheduleBugs: readonly Bug[] = [
  {
    description: 'a handler that may change rows of other keys runs beside a batch',
    requirement: 'PERF-2',
    file: scheduler,
    text: 'if (this.#exclusives > 0 && this.#batches.size === 0) this.#startExclusive()',
    replacement: 'if (this.#exclusives > 0) this.#startExclusive()',
    caughtBy: 'platform/events/processing/prepare.test.ts',
  },
  {
    description: 'a batch starts beside a handler that may change its rows',
    requirement: 'PERF-2',
    file: scheduler,
    text: 'if (this.#runsExclusive || (this.#exclusives > 0 &&',
    replacement: 'if (Date.now() === 0 || (this.#exclusives > 0 &&',
    caughtBy: 'platform/events/processing/prepare.test.ts',
  },
  {
    description: 'an event that runs alone blocks the earlier events of its key',
    requirement: 'PLT-1',
    file: scheduler,
    text: '(this.#exclusives > 0 && this.#queues.hasReady(this.#isReadyAlone))',
    replacement: 'this.#exclusives > 0',
    caughtBy: 'platform/events/processing/prepare.test.ts',
  },
  {
    description: 'an event that lingers keeps a full batch waiting',
    requirement: 'PERF-2',
    file: scheduler,
    text: 'if (left <= 0 || this.#queues.waiting >= this.#needs.settings.batchSize) this.#startBatch()',
    replacement: 'if (left <= 0) this.#startBatch()',
    caughtBy,
  },
  {
    description: 'an event that lingers keeps an urgent one waiting',
    requirement: 'PERF-2',
    file: scheduler,
    text: 'this.#dueAt = Math.min(this.#dueAt, lingers(entry.event) ? now + settings.lingerTime : now)',
    replacement: 'this.#dueAt = Math.min(this.#dueAt, now + settings.lingerTime + Number(!lingers(entry.event)))',
    caughtBy,
  },
  {
    description: 'a handler receives an event that does not concern it',
    requirement: 'PLT-2',
    file: handling,
    text: 'if (!concernsHandler(subscription, event)) continue',
    replacement: '',
    caughtBy,
  },
  {
    description: 'a malformed event is ignored when its payload concerns no handler',
    requirement: 'PLT-5',
    file: handling,
    text: 'if (own.some(({ concerns }) => !concerns) || whyUndeliverable(event, subscriptions)) return true',
    replacement: 'if (own.some(({ concerns }) => !concerns)) return true',
    caughtBy,
  },
]
