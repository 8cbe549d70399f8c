import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { BackupRefused } from './backup-refused.ts'
import { fitsManifest, format, manifestFile, type Manifest } from './manifest.ts'
import { checksumOf } from './write-file.ts'

/** Reads the manifest of a backup. Throws `BackupRefused` for a directory without one, and for that of a newer program. */
export async function readManifest(directory: string): Promise<Manifest> {
  const text = await readFile(join(directory, manifestFile), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT' && error.code !== 'ENOTDIR') throw error
    throw new BackupRefused(`${directory} is no complete backup: it has no ${manifestFile}`)
  })
  const manifest = parse(text)
  if (fitsManifest.Check(manifest)) return manifest
  const { format: found, version } = (manifest ?? {}) as Partial<Record<keyof Manifest, unknown>>
  if (typeof found === 'number' && found > format)
    throw new BackupRefused(`Posad ${String(version)} wrote this backup: restore it with that version or a newer one`)
  const [issue] = fitsManifest.Errors(manifest)
  throw new BackupRefused(
    `${join(directory, manifestFile)} is damaged${issue ? `: ${issue.instancePath || '/'} ${issue.message}` : ''}`,
  )
}

/** Compares every file with its checksum. Throws `BackupRefused` with the first file that is missing or differs. */
export async function verifyFiles(directory: string, { databases, files }: Manifest): Promise<void> {
  const tables = databases.flatMap((database) => database.tables.map(({ file: path, sha256 }) => ({ path, sha256 })))
  for (const { path, sha256 } of [...tables, ...files]) {
    const found = await checksumOf(join(directory, path)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error
      throw new BackupRefused(`The backup lacks ${path}: copy it again from where it was stored`)
    })
    if (found !== sha256)
      throw new BackupRefused(`${path} differs from its checksum: copy the backup again from where it was stored`)
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
