import { Type } from 'typebox'
import type { Job } from '#platform/jobs'
import { minutes } from '#platform/values'
import type { EndShifts } from './end-shifts.ts'

/** Every minute. */
export const endShiftsJob = ({ endShifts }: Readonly<{ endShifts: EndShifts }>): Job => ({
  name: 'dispatch.end-shifts',
  payload: Type.Object({}),
  cron: '* * * * *',
  timeLimit: minutes(1),
  work: async () => {
    await endShifts()
  },
})
