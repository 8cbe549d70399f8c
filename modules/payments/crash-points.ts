import { crashPoints } from '#platform/crash-points'

export const crashPoint = crashPoints('payments', [
  'after-intent.before-provider',
  'after-provider.before-save',
  'after-approval.before-settling',
  'after-request.before-refund',
  'after-refund.before-save',
])
