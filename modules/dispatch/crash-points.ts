import { crashPoints } from '#platform/crash-points'

/** Points between the effects of dispatch. */
export const crashPoint = crashPoints('dispatch', [
  'after-take.before-offset',
  'after-report.before-checkpoint',
  'assigned.before-commit',
  'moved.before-commit',
  'planned.before-commit',
])
