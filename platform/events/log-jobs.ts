import { Type } from 'typebox'
import type { Db } from '#platform/db'
import type { Job } from '#platform/jobs'
import type { Log } from '#platform/telemetry'
import { minutes } from '#platform/values'
import { dropPartitions, makePartitions, strayRows } from './partitions.ts'

type Needs = Readonly<{ db: Db; log: Log }>

/** The upkeep of log and inbox: partitions for the days to come, and none kept longer than needed. */
export function logJobs({ db, log }: Needs): Job[] {
  const plain = { payload: Type.Object({}), timeLimit: minutes(5) }
  const make: Job = {
    ...plain,
    name: 'events.make-partitions',
    cron: '7 * * * *',
    work: async () => {
      await makePartitions(db)
      const stray = await strayRows(db)
      if (stray > 0) log.error({ rows: stray }, 'events lie in the default partition: partitions were not made in time')
    },
  }
  const drop: Job = {
    ...plain,
    name: 'events.drop-partitions',
    cron: '23 * * * *',
    work: async () => {
      const { dropped, refused } = await dropPartitions(db)
      if (dropped.length > 0) log.info({ dropped }, 'dropped partitions')
      for (const refusal of refused) log.warn(refusal, 'a partition must stay')
    },
  }
  return [make, drop]
}
