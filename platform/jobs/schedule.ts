import { parseCronItems, type ParsedCronItem } from 'graphile-worker'
import { days } from '#platform/values'
import type { Job } from './job.ts'

/**
 * The schedules of the jobs with `cron`, in UTC. The queue name lets one run of a job work at a time, and the job key lets
 * one more wait.
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
              options: { queueName: name, jobKey: name, backfillPeriod: backfillPeriodOf(cron) },
            },
          ],
    ),
  )
}

/** A daily job that was missed while the machine was off runs at the next start. A more frequent one waits for its time. */
const backfillPeriodOf = (cron: string): number => (/^\d+ \d+ /.test(cron) ? days(1) : 0)
