import { Type } from 'typebox'
import type { Job } from '#platform/jobs'
import { seconds } from '#platform/values'
import { expireHolds } from './expire-holds.ts'

/** Runs every minute: a hold expires a quarter of an hour after the payment timeout, so a minute more changes little. */
export const expireHoldsJob = (needs: Parameters<typeof expireHolds>[0]): Job => {
  const expire = expireHolds(needs)
  return {
    name: 'catalog.expire-holds',
    payload: Type.Object({}),
    cron: '* * * * *',
    timeLimit: seconds(58),
    work: async (_, signal) => void (await expire(signal)),
  }
}
