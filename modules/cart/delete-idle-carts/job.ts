import { cleanupJob, type Job } from '#platform/jobs'
import { deleteIdleCarts, deleteOldMerges, deleteProcessedOrders, type Needs } from './delete-idle-carts.ts'

export const deleteIdleCartsJob = (needs: Needs): Job =>
  cleanupJob({
    name: 'cart.delete-idle-carts',
    cron: '20 3 * * *',
    deletions: [deleteIdleCarts(needs), deleteProcessedOrders(needs), deleteOldMerges(needs)],
  })
