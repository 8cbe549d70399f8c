import { Type, type Static } from 'typebox'
import { Compile } from 'typebox/compile'

/** The layout of the directory; a newer program may change it. */
export const format = 1

/** The file that makes a directory a backup: it is written last. */
export const manifestFile = 'manifest.json'

const Name = Type.String({ minLength: 1, maxLength: 63 })
const Sum = Type.String({ pattern: '^[0-9a-f]{64}$' })
/** A relative path that leads to no parent directory. Names of uploaded files may have spaces and any letters. */
const Path = Type.String({ pattern: '^(?!/)(?!(.*/)?\\.\\.(/|$))[^\\u0000\\\\]{1,1000}$' })

const Migration = Type.Object({ part: Name, number: Type.Integer(), name: Type.String(), checksum: Type.String() })

const Table = Type.Object({
  schema: Name,
  table: Name,
  columns: Type.Array(Name),
  file: Path,
  rows: Type.Integer(),
  bytes: Type.Integer(),
  sha256: Sum,
})

const Partition = Type.Object({
  schema: Name,
  table: Name,
  parent: Name,
  /** Restored as it is, so it may be nothing else. */
  bound: Type.String({ pattern: "^FOR VALUES FROM \\('[\\w :.+-]+'\\) TO \\('[\\w :.+-]+'\\)$" }),
})

const Sequence = Type.Object({ schema: Name, sequence: Name, last_value: Type.Integer() })

const Database = Type.Object({
  name: Type.String({ pattern: '^[a-z+-]+$' }),
  server: Type.String(),
  migrations: Type.Array(Migration),
  tables: Type.Array(Table),
  partitions: Type.Array(Partition),
  sequences: Type.Array(Sequence),
})

const File = Type.Object({ path: Path, bytes: Type.Integer(), sha256: Sum })

export const Manifest = Type.Object({
  format: Type.Literal(format),
  /** Names this backup in the databases that are restored from it. */
  id: Type.String({ pattern: '^[0-9a-f-]{36}$' }),
  /** The version of the program that wrote the backup. */
  version: Type.String(),
  created_at: Type.String(),
  databases: Type.Array(Database),
  /** Files beside the databases. */
  files: Type.Array(File),
})

export type Manifest = Static<typeof Manifest>
export type DatabaseManifest = Static<typeof Database>
export type TableManifest = Static<typeof Table>
export type FileManifest = Static<typeof File>

export const fitsManifest = Compile(Manifest)
