import { cleanupJob, type DeleteBatch, type Job } from '#platform/jobs'

export const deleteOldWebhooksJob = ({ deleteOldWebhooks }: Readonly<{ deleteOldWebhooks: DeleteBatch }>): Job =>
  cleanupJob({ name: 'payments.delete-old-webhooks', cron: '40 3 * * *', deletions: [deleteOldWebhooks] })
