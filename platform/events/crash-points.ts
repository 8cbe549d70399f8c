import { crashPoints } from '#platform/crash-points'

export const crashPoint = crashPoints('events', [
  'before-handler',
  'before-commit',
  'after-commit.before-checkpoint',
  'after-park',
  'before-retry',
])
