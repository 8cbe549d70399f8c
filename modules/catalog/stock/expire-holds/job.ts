import { Type } from 'typebox'
import type { Job } from '#platform/jobs'
import { seconds } from '#platform/values'
import type { ExpireHolds } from './expire-holds.ts'

/** Runs every minute: a hold expires a quarter of an hour after the payment timeout, so a minute more changes little. */
export const expireHoldsJob = ({ expireHolds }: Readonly<{ expireHolds: ExpireHolds }>): Job => ({
  name: 'catalog.expire-holds',
  payload: Type.Object({}),
  cron: '* * * * *',
  timeLimit: seconds(58),
  work: async (_, signal) => void (await expireHolds(signal)),
})
