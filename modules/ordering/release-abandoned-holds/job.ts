import { Type } from 'typebox'
import type { Job } from '#platform/jobs'
import { seconds } from '#platform/values'
import type { ReleaseAbandonedHolds } from './release-abandoned-holds.ts'

type Needs = Readonly<{ releaseAbandonedHolds: ReleaseAbandonedHolds }>

export const releaseAbandonedHoldsJob = ({ releaseAbandonedHolds }: Needs): Job => ({
  name: 'ordering.release-abandoned-holds',
  payload: Type.Object({}),
  cron: '* * * * *',
  timeLimit: seconds(58),
  work: async (_, signal) => void (await releaseAbandonedHolds(signal)),
})
