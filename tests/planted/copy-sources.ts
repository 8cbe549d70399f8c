import { cpSync, mkdtempSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'

export const root = join(import.meta.dirname, '../..')
const excluded = new Set(['node_modules', '.git', '.posad'])

/** Copies the sources to a temporary directory; the copy shares the installed packages. */
export function copySources(): string {
  const copy = mkdtempSync(join(tmpdir(), 'posad-planted-'))
  cpSync(root, copy, { recursive: true, filter: (source) => source === root || !excluded.has(basename(source)) })
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'))
  return copy
}
