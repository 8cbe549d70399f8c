import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Gives this test file a directory for its temporary files: other files of tests use the usual one at the same time. */
export function ownTemporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'posad-temporary-'))
  process.env['TMPDIR'] = directory
  process.once('exit', () => rmSync(directory, { recursive: true, force: true }))
  return directory
}
