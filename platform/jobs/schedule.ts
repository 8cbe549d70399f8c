import { parseCronItems, type ParsedCronItem } from 'graphile-worker'
import { days } from '#platform/values'
import type { Job } from './job.ts'

/**
 * The schedules of the jobs that have one, in UTC. However often a job comes round, one of it is worked on at a time (the
 * queue) and one waits (the key).
 */
export function scheduleOf(jobs: readonly Job[]): ParsedCronItem[] {
  return parseCronItems(
    jobs.flatMap(({ name, cron }) =>
      cron === undefined
        ? []
        : [
            {
              task: name,
              match: cron,
              identifier: name,
              options: { queueName: name, jobKey: name, backfillPeriod: madeUpFor(cron) },
            },
          ],
    ),
  )
}

/** A nightly job is made up for when the shop's machine slept at night; one that comes more often just comes again. */
const madeUpFor = (cron: string): number => (/^\d+ \d+ /.test(cron) ? days(1) : 0)
