import { sagaChecks } from '#platform/saga'
import type { App } from './app.ts'

/** Every invariant of the app: those of the platform, then those of each module. */
export const checksOf = ({ db, modules }: Pick<App, 'db' | 'modules'>) => [
  ...sagaChecks(db),
  ...modules.flatMap((module) => module.checks ?? []),
]
