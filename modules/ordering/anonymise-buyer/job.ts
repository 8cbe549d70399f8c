import { cleanupJob, type DeleteBatch, type Job } from '#platform/jobs'

export const anonymiseClosedOrdersJob = ({
  anonymiseClosedOrders,
}: Readonly<{ anonymiseClosedOrders: DeleteBatch }>): Job =>
  cleanupJob({ name: 'ordering.anonymise-closed-orders', cron: '35 * * * *', deletions: [anonymiseClosedOrders] })
