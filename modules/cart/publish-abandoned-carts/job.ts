import { Type } from 'typebox'
import type { Job } from '#platform/jobs'
import { minutes } from '#platform/values'
import { publishAbandonedCarts, type Needs } from './publish-abandoned-carts.ts'

export const publishAbandonedCartsJob = (needs: Needs): Job => ({
  name: 'cart.publish-abandoned-carts',
  payload: Type.Object({}),
  cron: '*/10 * * * *',
  timeLimit: minutes(5),
  work: async (_, signal) => await publishAbandonedCarts(needs)(signal),
})
