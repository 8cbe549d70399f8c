import { crashPoints } from '#platform/crash-points'

/** The points of media where a test may kill the process. */
export const crashPoint = crashPoints('media', ['after-variants.before-save'])
