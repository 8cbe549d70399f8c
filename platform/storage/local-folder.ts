import { randomUUID } from 'node:crypto'
import { chmodSync, constants, createReadStream, statSync } from 'node:fs'
import { access, mkdir, open, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { makeDirectories } from '#platform/config'
import type { Clock } from '#platform/values'
import { sliceOf } from './byte-range.ts'
import { signedQuery, type LinkGrant } from './local-link.ts'
import { assertKey, assertPublic, isPublic, typeOfKey } from './storage-key.ts'
import type { NewFile, Storage } from './storage.ts'

type Needs = Readonly<{
  /** An absolute path; the folder is made at the first write. */
  directory: string
  /** Signs the links to private files. */
  secret: string
  now: Clock
  /** The origin under which the server of `fileRoutes` is reached. */
  origin: () => string
  /** The address before a public key; `/media` of this server when absent. */
  publicBaseUrl?: string | undefined
}>

/** Files in a folder of this machine. `fileRoutes` serves them and takes presigned PUTs. */
export function localFolder({ directory, secret, now, origin, publicBaseUrl = '/media' }: Needs): Storage {
  const pathOf = (key: string) => {
    assertKey(key)
    return join(directory, key)
  }
  const linkOf = (grant: LinkGrant) => `${origin()}/media/${grant.key}?${signedQuery(secret, grant)}`
  const expiry = (ttl: number) => Math.floor((now().getTime() + ttl) / 1000)
  return {
    put: async (key, file) => {
      const path = pathOf(key)
      secludeFolders(directory)
      await putFile(
        path,
        { draft: join(directory, 'incoming', randomUUID()), mode: isPublic(key) ? 0o644 : 0o600 },
        file,
      )
    },
    get: async (key, range) => {
      const byte_size = await sizeOf(pathOf(key))
      if (byte_size === undefined) return { kind: 'not-found' }
      const slice = sliceOf(byte_size, range)
      if (!slice) return { kind: 'range-not-satisfiable', byte_size }
      const { first, last } = slice
      const body = byte_size === 0 ? Readable.from([]) : createReadStream(pathOf(key), { start: first, end: last })
      return { kind: 'found', body, byte_size, first, last }
    },
    sizeOf: (key) => sizeOf(pathOf(key)),
    delete: (key) => rm(pathOf(key), { force: true }),
    presignGet: async (key, { ttl }) => {
      assertKey(key)
      return linkOf({ method: 'GET', key, expires: expiry(ttl) })
    },
    presignPut: async (key, { ttl, byte_size }) => {
      assertKey(key)
      const expires = expiry(ttl)
      const url = linkOf({ method: 'PUT', key, expires, size: byte_size })
      const headers = { 'content-type': typeOfKey(key) }
      return { method: 'PUT', url, headers, expires_at: new Date(expires * 1000) }
    },
    publicUrl: (key) => {
      assertPublic(key)
      return `${publicBaseUrl}/${key}`
    },
    probe: async () => {
      await mkdir(directory, { recursive: true })
      secludeFolders(directory)
      await access(directory, constants.W_OK)
    },
  }
}

async function sizeOf(path: string): Promise<number | undefined> {
  try {
    const found = await stat(path)
    return found.isFile() ? found.size : undefined
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw error
  }
}

/**
 * Makes the folders that other users of this machine must not enter: photographs of deliveries and originals of images are
 * private. A folder of an earlier version is closed, too; a file system without modes stays as it is.
 */
function secludeFolders(directory: string): void {
  for (const folder of ['private', 'incoming'].map((name) => join(directory, name))) {
    makeDirectories(folder)
    try {
      if (statSync(folder).mode & 0o077) chmodSync(folder, 0o700)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EPERM') throw error
    }
  }
}

type Draft = Readonly<{ draft: string; mode: number }>

/** Writes beside the destination and renames, so that a reader sees the whole file or none, also after a power failure. */
async function putFile(path: string, { draft, mode }: Draft, { body, byte_size }: NewFile): Promise<void> {
  makeDirectories(dirname(path))
  try {
    const file = await open(draft, 'wx', mode)
    try {
      await pipeline(body instanceof Readable ? body : Readable.from([body]), file.createWriteStream({ flush: true }))
    } finally {
      await file.close()
    }
    const written = await sizeOf(draft)
    if (written !== byte_size) throw new Error(`The file has ${written} bytes, and ${byte_size} were announced`)
    await rename(draft, path)
    await syncDirectory(dirname(path))
  } catch (error) {
    await rm(draft, { force: true })
    throw error
  }
}

async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r')
  try {
    await directory.sync()
  } finally {
    await directory.close()
  }
}
