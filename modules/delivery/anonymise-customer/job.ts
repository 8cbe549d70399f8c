import { cleanupJob, type DeleteBatch, type Job } from '#platform/jobs'

export const anonymiseEndedShipmentsJob = ({
  anonymiseEndedShipments,
}: Readonly<{ anonymiseEndedShipments: DeleteBatch }>): Job =>
  cleanupJob({ name: 'delivery.anonymise-ended-shipments', cron: '35 * * * *', deletions: [anonymiseEndedShipments] })
