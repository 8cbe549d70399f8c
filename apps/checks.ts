import { logChecks } from '#platform/events'
import { sagaChecks } from '#platform/saga'
import type { App } from './app.ts'
import { crossCheck } from './checks/cross-check.ts'
import { holdChecks } from './checks/holds.ts'
import { paymentChecks } from './checks/payments.ts'
import { promotionChecks } from './checks/promotions.ts'
import { shipmentChecks } from './checks/shipments.ts'

const crossChecks = [...shipmentChecks, ...paymentChecks, ...holdChecks, ...promotionChecks]

/** Every invariant of the app: those of the platform, those of each module, then those across modules. */
export const checksOf = ({ db, modules }: Pick<App, 'db' | 'modules'>) => [
  ...sagaChecks(db),
  ...logChecks(db),
  ...modules.flatMap((module) => module.checks ?? []),
  ...crossChecks.filter(({ modules: needed }) => hasAll(modules, needed)).map((check) => crossCheck(db, check)),
]

/** A service runs the invariants of its own modules; those across modules need one database for all of them. */
const hasAll = (modules: App['modules'], needed: readonly string[]): boolean =>
  needed.every((name) => modules.some((module) => module.name === name))
