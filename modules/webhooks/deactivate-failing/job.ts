import { Type } from 'typebox'
import type { Job } from '#platform/jobs'
import { minutes } from '#platform/values'
import type { DeactivateFailing } from './deactivate-failing.ts'

export const deactivateFailingJob = ({
  deactivateFailing,
}: Readonly<{ deactivateFailing: DeactivateFailing }>): Job => ({
  name: 'webhooks.deactivate-failing',
  payload: Type.Object({}),
  cron: '7 * * * *',
  timeLimit: minutes(5),
  work: deactivateFailing,
})
