import { cleanupJob, type DeleteBatch, type Job } from '#platform/jobs'

export const deleteExpiredSessionsJob = ({
  deleteExpiredSessions,
  deleteExpiredProofs,
  deleteFinalMerges,
}: Readonly<Record<'deleteExpiredSessions' | 'deleteExpiredProofs' | 'deleteFinalMerges', DeleteBatch>>): Job =>
  cleanupJob({
    name: 'identity.delete-expired-sessions',
    cron: '20 3 * * *',
    deletions: [deleteExpiredSessions, deleteExpiredProofs, deleteFinalMerges],
  })
