import { cleanupJob, type DeleteBatch, type Job } from '#platform/jobs'

type Needs = Readonly<{ deletePositions: DeleteBatch; deleteReports: DeleteBatch }>

export const deleteReportsJob = ({ deletePositions, deleteReports }: Needs): Job =>
  cleanupJob({ name: 'dispatch.delete-reports', cron: '40 * * * *', deletions: [deletePositions, deleteReports] })
