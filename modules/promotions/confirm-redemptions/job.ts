import { Type } from 'typebox'
import type { Job } from '#platform/jobs'
import { seconds } from '#platform/values'
import type { ConfirmRedemptions } from './confirm-redemptions.ts'

export const confirmRedemptionsJob = ({
  confirmRedemptions,
}: Readonly<{ confirmRedemptions: ConfirmRedemptions }>): Job => ({
  name: 'promotions.confirm-redemptions',
  payload: Type.Object({}),
  cron: '* * * * *',
  timeLimit: seconds(58),
  work: async (_, signal) => await confirmRedemptions(signal),
})
