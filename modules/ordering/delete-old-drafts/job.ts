import { cleanupJob, type DeleteBatch, type Job } from '#platform/jobs'

export const deleteOldDraftsJob = ({ deleteOldDrafts }: Readonly<{ deleteOldDrafts: DeleteBatch }>): Job =>
  cleanupJob({ name: 'ordering.delete-old-drafts', cron: '17 4 * * *', deletions: [deleteOldDrafts] })
