import { Type } from 'typebox'
import type { Job } from '#platform/jobs'
import { seconds } from '#platform/values'
import type { SendAlerts } from './send-alerts.ts'

export const sendAlertsJob = ({ sendAlerts }: Readonly<{ sendAlerts: SendAlerts }>): Job => ({
  name: 'catalog.send-alerts',
  payload: Type.Object({}),
  cron: '* * * * *',
  timeLimit: seconds(58),
  work: (_payload, signal) => sendAlerts(signal),
})
