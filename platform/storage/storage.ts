import type { Readable } from 'node:stream'

/** A part of a file in bytes: both ends belong to it, and `suffix` is its last bytes. */
export type ByteRange = Readonly<{ first: number; last?: number } | { suffix: number }>

/** A file in storage. `body` has the bytes from `first` to `last`; `byte_size` is the size of the whole file. */
type StoredFile = Readonly<{ kind: 'found'; body: Readable; byte_size: number; first: number; last: number }>

export type GetOutcome =
  | StoredFile
  | Readonly<{ kind: 'not-found' }>
  | Readonly<{ kind: 'range-not-satisfiable'; byte_size: number }>

/** The bytes of a new file and their exact number. */
export type NewFile = Readonly<{ body: Readable | Uint8Array; byte_size: number }>

/** A request with which a program without credentials puts one file; it must send the headers as they are. */
type PresignedPut = Readonly<{
  method: 'PUT'
  url: string
  headers: Readonly<Record<string, string>>
  expires_at: Date
}>

type PresignOptions = Readonly<{
  /** Milliseconds until the link expires. */
  ttl: number
  /** The link takes a file of exactly this size; of any size when absent. */
  byte_size?: number
}>

/**
 * Files by key. A key begins with `public/` or `private/`; its extension is the type of the file. A file never changes
 * under its key, so that caches may store it for ever. All functions throw `Unavailable` when the storage does not answer.
 */
export type Storage = Readonly<{
  /** Stores all bytes or nothing; a repeat replaces the file. Throws when `body` has another number of bytes. */
  put: (key: string, file: NewFile) => Promise<void>
  get: (key: string, range?: ByteRange) => Promise<GetOutcome>
  /** The size in bytes; undefined when there is no such file. */
  sizeOf: (key: string) => Promise<number | undefined>
  /** Deletes the file; an absent file is no error. */
  delete: (key: string) => Promise<void>
  /** A link to the file that needs no other right until it expires; `ttl` in milliseconds. */
  presignGet: (key: string, options: Pick<PresignOptions, 'ttl'>) => Promise<string>
  presignPut: (key: string, options: PresignOptions) => Promise<PresignedPut>
  /** The address of a public file for browsers. Throws `TypeError` for a private key. */
  publicUrl: (key: string) => string
  /** Rejects when files cannot be stored. */
  probe: () => Promise<void>
}>
