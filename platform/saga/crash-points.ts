import { crashPoints } from '#platform/crash-points'

export const crashPoint = crashPoints('saga', ['stepped.before-commit'])
