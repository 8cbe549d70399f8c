import { crashPoints } from '#platform/crash-points'

export const crashPoint = crashPoints('ordering', ['after-hold.before-order', 'after-order.before-answer'])
