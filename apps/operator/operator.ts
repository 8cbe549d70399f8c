import type { App } from '../app.ts'
import { runChecks } from '../checks/run-checks.ts'
import { auditRoutes } from './audit-routes.ts'
import { checkRoutes } from './check-routes.ts'
import { outboxRoutes } from './outbox-routes.ts'
import { sagaRoutes } from './saga-routes.ts'

/**
 * The routes of operators about events, sagas, invariants and the audit. A service answers for itself, below the prefix that the gateway
 * sends to it: `/admin/services/ordering/outbox`.
 */
export function operator(app: App) {
  const { db, service } = app
  const prefix = service === undefined ? '/admin' : `/admin/services/${service}`
  return {
    name: 'operator',
    description: 'Events, sagas, invariants and the audit, for operators.',
    routes: [
      outboxRoutes({ db, prefix }),
      sagaRoutes({ db, prefix }),
      auditRoutes({ db, prefix }),
      checkRoutes({ runChecks: () => runChecks(app), prefix }),
    ],
  }
}
