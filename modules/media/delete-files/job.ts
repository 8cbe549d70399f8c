import { cleanupJob, type DeleteBatch, type Job } from '#platform/jobs'

/** Deletes unreferenced files every ten minutes. */
export const deleteFilesJob = ({ deleteFiles }: Readonly<{ deleteFiles: DeleteBatch }>): Job =>
  cleanupJob({ name: 'media.delete-files', cron: '*/10 * * * *', deletions: [deleteFiles] })
