import type { Bug } from '../bug.ts'

/** The record of what staff did. */
export const auditBugs: readonly Bug[] = [
  {
    description: 'a change of staff is committed, and its record only when the answer is sent',
    requirement: 'PLT-6',
    file: 'platform/db/transaction.ts',
    text: '    await runFinalStep(tx, finalStep())\n',
    replacement: '',
    caughtBy: 'platform/http/request/enter-act.test.ts',
  },
  {
    description: 'staff whose writes share a transaction leave the record of one of them',
    requirement: 'PLT-6',
    file: 'platform/db/shared-transactions.ts',
    text: '  for (const { step } of calls) await runFinalStep(tx, step)\n',
    replacement:
      '  await runFinalStep(tx, calls[0]?.step)\n  for (const { step } of calls) if (step) step.isDone = true\n',
    caughtBy: 'platform/http/request/enter-act.test.ts',
  },
  {
    description: 'a write of a single statement is in no audit',
    requirement: 'PLT-6',
    file: 'platform/http/request/enter-act.ts',
    text: 'if (act && !act.isDone && reply.statusCode < 400) await act.record(db)',
    replacement: 'if (act && !act.isDone && reply.statusCode < 100) await act.record(db)',
    caughtBy: 'platform/http/request/enter-act.test.ts',
  },
  {
    description: 'the audit keeps every text that staff send, passwords included',
    requirement: 'SEC-4',
    file: 'platform/audit/audited-value.ts',
    text: 'return isOpen(schema, value) ? value : hidden',
    replacement: 'return value',
    caughtBy: 'platform/audit/audited-value.test.ts',
  },
  {
    description: 'the gateway ends the audit when the services have just one page left',
    requirement: 'PLT-15',
    file: 'apps/gateway/audit-route.ts',
    text: 'const hasMore = all.length > page_size || pages.some(({ next_cursor }) => next_cursor !== null)',
    replacement: 'const hasMore = pages.some(({ next_cursor }) => next_cursor !== null)',
    caughtBy: 'apps/gateway/audit-route.test.ts',
  },
  {
    description: 'the check of couriers looks for a change of permissions in the audit of another service',
    requirement: 'PLT-22',
    file: 'apps/checks/parcels.ts',
    text: "    modules: ['identity', 'dispatch'],",
    replacement: "    modules: ['dispatch', 'identity'],",
    caughtBy: 'apps/checks/split-checks.test.ts',
  },
  {
    description: 'a migration doubles the changes of accounts that the audit has',
    requirement: 'PLT-6',
    file: 'modules/identity/migrations/0002-one-audit.up.sql',
    text: 'where act.action = entry.action and',
    replacement: 'where false and',
    caughtBy: 'apps/database/migrations.test.ts',
  },
]
