import { Type } from 'typebox'
import type { Db } from '#platform/db'
import type { Job } from '#platform/jobs'
import type { Log } from '#platform/telemetry'
import { minutes } from '#platform/values'
import { dropPartitions, makePartitions, rowsInDefaultPartition } from '../log/partitions.ts'

type Needs = Readonly<{ db: Db; log: Log }>

/** The hourly jobs of log and inbox: one creates the partitions of the next days, one drops those that are old. */
export function logJobs({ db, log }: Needs): Job[] {
  const hourly = { payload: Type.Object({}), timeLimit: minutes(5) }
  const make: Job = {
    ...hourly,
    name: 'events.make-partitions',
    cron: '7 * * * *',
    work: async () => {
      await makePartitions(db)
      const rows = await rowsInDefaultPartition(db)
      if (rows > 0) log.error({ rows }, 'events are in the default partition: their partition was not created in time')
    },
  }
  const drop: Job = {
    ...hourly,
    name: 'events.drop-partitions',
    cron: '23 * * * *',
    work: async () => {
      const { dropped, retained } = await dropPartitions(db)
      if (dropped.length > 0) log.info({ dropped }, 'dropped old partitions')
      for (const partition of retained) log.warn(partition, 'an old partition must stay')
    },
  }
  return [make, drop]
}
