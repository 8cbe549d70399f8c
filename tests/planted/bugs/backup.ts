import type { Bug } from '../bug.ts'

/** Backup and restore, and the invariants over several databases. */
export const backupBugs: readonly Bug[] = [
  {
    description: 'a restore writes every file that a backup names',
    requirement: 'SEC-1',
    file: 'apps/database/backup-files.ts',
    text: '!isSecret.test(path) && !path.startsWith(`${folder}/files/`)',
    replacement: 'path.length === 0',
    caughtBy: 'apps/database/backup-files.test.ts',
  },
  {
    description: 'a backup of several databases takes its snapshots while events travel between them',
    requirement: 'PLT-23',
    file: 'platform/backup/write-backup.ts',
    text: 'if (databases.length > 1) for',
    replacement: 'if (databases.length > 9) for',
    caughtBy: 'platform/backup/backup.test.ts',
  },
  {
    description: 'a restored log is not read again',
    requirement: 'PLT-23',
    file: 'platform/events/operator/restore-hook.ts',
    text: "update platform.consumer set snapshot = format('%s:%s:', first, first)::pg_snapshot",
    replacement: 'update platform.consumer set snapshot = pg_current_snapshot()',
    caughtBy: 'platform/backup/backup.test.ts',
  },
  {
    description: 'a restore writes into a database with data',
    requirement: 'PLT-23',
    file: 'platform/backup/restore-database.ts',
    text: '    if (comment !== undefined && comment !== restoreMark.unfinished(id))\n',
    replacement: "    if (comment === 'never')\n",
    caughtBy: 'platform/backup/backup.test.ts',
  },
  {
    description: 'a damaged file is restored',
    requirement: 'PLT-23',
    file: 'platform/backup/read-backup.ts',
    text: '    if (found !== sha256)\n',
    replacement: "    if (found === '')\n",
    caughtBy: 'platform/backup/backup.test.ts',
  },
  {
    description: 'posad check does not read the other databases of the shop',
    requirement: 'PLT-22',
    file: 'apps/checks/checks.ts',
    text: '...across.map((check) =>',
    replacement: '...across.slice(across.length).map((check) =>',
    caughtBy: 'apps/checks/split-checks.test.ts',
  },
  {
    description: 'a backup into /proc never ends',
    requirement: 'PLT-23',
    file: 'platform/backup/write-backup.ts',
    text: 'makeDirectories(directory, { mode: 0o700 })',
    replacement: 'await Promise.resolve()',
    caughtBy: 'platform/backup/backup.test.ts',
  },
]
