import type { Bug } from '../bug.ts'

/** Broken rows that `posad check` must find. */
export const checkBugs: readonly Bug[] = [
  {
    description: 'posad check is silent about an e-mail that was given up',
    requirement: 'PLT-22',
    file: 'platform/jobs/job-checks.ts',
    text: 'attempts >= max_attempts and',
    replacement: 'attempts > max_attempts and',
    caughtBy: 'platform/jobs/job-checks.test.ts',
  },
  {
    description: 'posad check is silent about an unpaid order whose checkout has no timeout',
    requirement: 'PLT-22',
    file: 'modules/ordering/checks.ts',
    text: "waiting === 'untimed' ? [state] : []",
    replacement: '[state]',
    caughtBy: 'modules/ordering/checks.test.ts',
  },
  {
    description: 'posad check is silent about an entry of the ledger on the account of another provider',
    requirement: 'PLT-22',
    file: 'modules/payments/checks.ts',
    text: "'provider:' || payment.provider, case",
    replacement: "'provider:elsewhere', 'provider:' || payment.provider, case",
    caughtBy: 'modules/payments/checks.test.ts',
  },
  {
    description: 'posad check is silent about a refunded order that goes on to its customer',
    requirement: 'PLT-22',
    file: 'apps/checks/payments.ts',
    text: "shipment.status not in ('delivered', 'failed', 'returned', 'cancelled')",
    replacement: "shipment.status not in ('pending', 'delivered', 'failed', 'returned', 'cancelled')",
    caughtBy: 'apps/checks/checks.test.ts',
  },
  {
    description: 'posad check is silent about a bouquet of a flower that does not exist',
    requirement: 'PLT-22',
    file: 'apps/checks/lines.ts',
    text: 'jsonb_array_elements(line.components) as component',
    replacement: 'jsonb_array_elements(null::jsonb) as component',
    caughtBy: 'apps/checks/checks.test.ts',
  },
]
