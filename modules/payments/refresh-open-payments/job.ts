import { Type } from 'typebox'
import type { Job } from '#platform/jobs'
import { minutes } from '#platform/values'
import type { RefreshOpenPayments } from './refresh-open-payments.ts'

type Needs = Readonly<{ refreshOpenPayments: RefreshOpenPayments }>

export const refreshOpenPaymentsJob = ({ refreshOpenPayments }: Needs): Job => ({
  name: 'payments.refresh-open-payments',
  payload: Type.Object({}),
  cron: '* * * * *',
  timeLimit: minutes(5),
  work: (_payload, signal) => refreshOpenPayments(signal),
})
