import type { Bug } from '../bug.ts'

/** The embedded database, the command line and the checks across modules. */
export const operationBugs: readonly Bug[] = [
  {
    description: 'a start beside the working process of a killed database fails instead of waiting',
    requirement: 'PLT-13',
    file: 'platform/db/start-server.ts',
    text: 'metOrphan(location, logStart) && Date.now() < orphansEnd',
    replacement: 'metOrphan(location, logStart) && Date.now() > orphansEnd',
    caughtBy: 'platform/db/start-server.test.ts',
  },
  {
    description: 'a killed database starts again on another port, where no request finds it',
    requirement: 'REL-2',
    file: 'platform/db/supervise.ts',
    text: '{ settings, port, onProgress: announce }',
    replacement: '{ settings, onProgress: announce }',
    caughtBy: 'tests/start/database.test.ts',
  },
  {
    description: 'posad check accepts a shipment of an unpaid order',
    requirement: 'PLT-22',
    file: 'apps/checks/shipments.ts',
    text: 'else placed.paid_at is null',
    replacement: 'else false',
    caughtBy: 'apps/checks/checks.test.ts',
  },
  {
    description: 'posad check accepts a payment whose order is gone',
    requirement: 'PLT-22',
    file: 'apps/checks/payments.ts',
    text: 'is distinct from (placed.user_id',
    replacement: '<> (placed.user_id',
    caughtBy: 'apps/checks/checks.test.ts',
  },
  {
    description: 'a command that a signal ends leaves its database running',
    requirement: 'PLT-21',
    file: 'apps/database/stop-at-end.ts',
    text: 'for (const signal of signals) process.on(signal, onSignal)',
    replacement: '',
    caughtBy: 'apps/database/stop-at-end.test.ts',
  },
  {
    description: 'a file that cannot be opened ends the shop',
    requirement: 'CAT-12',
    file: 'platform/storage/content-of.ts',
    text: 'Readable.from(read(path, options), { objectMode: false })',
    replacement: 'createReadStream(path, options)',
    caughtBy: 'platform/storage/content-of.test.ts',
  },
  {
    description: 'a refused port reads like a server that hangs',
    requirement: 'PLT-21',
    file: 'apps/terminal/database-away.ts',
    text: "if (code === 'ECONNREFUSED')",
    replacement: "if (code === 'ECONNABORTED')",
    caughtBy: 'apps/terminal/message-of.test.ts',
  },
  {
    description: 'an outbox command accepts a type that its group does not have',
    requirement: 'PLT-6',
    file: 'apps/commands/outbox.ts',
    text: 'if (types.includes(type)) return',
    replacement: 'if (types.length >= 0) return',
    caughtBy: 'tests/start/outbox.test.ts',
  },
]
