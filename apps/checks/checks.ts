import { logChecks } from '#platform/events'
import { jobChecks } from '#platform/jobs'
import { sagaChecks } from '#platform/saga'
import type { Check } from '#platform/checks'
import type { App } from '../app.ts'
import type { ModuleName } from '../services/services.ts'
import { crossCheck } from './cross-check.ts'
import { holdChecks } from './holds.ts'
import { lineChecks } from './lines.ts'
import { parcelChecks } from './parcels.ts'
import { paymentChecks } from './payments.ts'
import { promotionChecks } from './promotions.ts'
import { returnChecks } from './returns.ts'
import { shipmentChecks } from './shipments.ts'
import { splitCheck } from './split-check.ts'

const crossChecks = [
  ...lineChecks,
  ...shipmentChecks,
  ...parcelChecks,
  ...paymentChecks,
  ...holdChecks,
  ...promotionChecks,
  ...returnChecks,
]

/** Every invariant of the app: those of the platform, those of each module, then those across modules. */
export const checksOf = ({ db, modules }: Pick<App, 'db' | 'modules'>) => [
  ...sagaChecks(db),
  ...logChecks(db),
  ...jobChecks(db),
  ...modules.flatMap((module) => module.checks ?? []),
  ...crossChecks.filter(({ modules: needed }) => hasAll(modules, needed)).map((check) => crossCheck(db, check)),
]

/** The invariants of services with databases of their own: those of each service, then those across databases. */
export function checksOfServices(apps: readonly Pick<App, 'db' | 'modules' | 'url'>[]): readonly Check[] {
  const [first] = apps
  if (!first) return []
  const urlOf = (name: ModuleName): string => {
    const found = apps.find(({ modules }) => hasAll(modules, [name]))
    if (!found) throw new Error(`No service runs the module ${name}`)
    return found.url
  }
  const across = crossChecks.filter(({ modules }) => !apps.some((app) => hasAll(app.modules, modules)))
  return [...apps.flatMap((app) => checksOf(app)), ...across.map((check) => splitCheck(check, { db: first.db, urlOf }))]
}

/** A service runs the invariants of its own modules; `checksOfServices` has those across databases. */
const hasAll = (modules: App['modules'], needed: readonly string[]): boolean =>
  needed.every((name) => modules.some((module) => module.name === name))
