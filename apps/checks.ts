import { sagaChecks } from '#platform/saga'
import type { House } from './house.ts'

/** Every invariant of a house, those of the platform first. */
export const checksOf = ({ db, modules }: Pick<House, 'db' | 'modules'>) => [
  ...sagaChecks(db),
  ...modules.flatMap((module) => module.checks ?? []),
]
