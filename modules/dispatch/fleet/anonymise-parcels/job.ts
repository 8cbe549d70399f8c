import { cleanupJob, type DeleteBatch, type Job } from '#platform/jobs'

export const anonymiseParcelsJob = ({ anonymiseParcels }: Readonly<{ anonymiseParcels: DeleteBatch }>): Job =>
  cleanupJob({ name: 'dispatch.anonymise-parcels', cron: '35 * * * *', deletions: [anonymiseParcels] })
