import { Type } from 'typebox'
import type { Job } from '#platform/jobs'
import { minutes } from '#platform/values'
import type { FinishRefunds } from './finish-refunds.ts'

export const finishRefundJob = ({ finishRefunds }: Readonly<{ finishRefunds: FinishRefunds }>): Job => ({
  name: 'payments.finish-refunds',
  payload: Type.Object({}),
  cron: '* * * * *',
  timeLimit: minutes(5),
  work: (_payload, signal) => finishRefunds(signal),
})
