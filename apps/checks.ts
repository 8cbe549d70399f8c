import { sagaChecks } from '#platform/saga'
import type { App } from './app.ts'

/** Every invariant of a house, those of the platform first. */
export const checksOf = ({ db, modules }: Pick<App, 'db' | 'modules'>) => [
  ...sagaChecks(db),
  ...modules.flatMap((module) => module.checks ?? []),
]
