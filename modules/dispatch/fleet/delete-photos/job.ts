import { cleanupJob, type DeleteBatch, type Job } from '#platform/jobs'

export const deletePhotosJob = ({ deletePhotos }: Readonly<{ deletePhotos: DeleteBatch }>): Job =>
  cleanupJob({ name: 'dispatch.delete-photos', cron: '50 3 * * *', deletions: [deletePhotos] })
