import { cleanupJob, type DeleteBatch, type Job } from '#platform/jobs'

type Needs = Readonly<{ deleteOldDeliveries: DeleteBatch; deleteOldMessages: DeleteBatch }>

export const deleteOldDeliveriesJob = ({ deleteOldDeliveries, deleteOldMessages }: Needs): Job =>
  cleanupJob({
    name: 'webhooks.delete-old-deliveries',
    cron: '25 4 * * *',
    deletions: [deleteOldDeliveries, deleteOldMessages],
  })
