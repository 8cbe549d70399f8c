import { hash, randomUUIDv7 } from 'node:crypto'

/** A new UUIDv7. Its order is the order of time, so indexes grow at their right edge. */
export const newId = (): string => randomUUIDv7()

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** True for a UUID of any version (RFC 9562). */
export const isId = (text: string): boolean => uuid.test(text)

/** The time in a UUIDv7; undefined for other versions, which hold none. */
export const createdAtOf = (id: string): Date | undefined =>
  isId(id) && id[14] === '7' ? new Date(Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16)) : undefined

/**
 * The id that follows from `id` and `name`, the same at every call: a UUIDv7 with the time of `id` and a hash in place of its
 * random bits. The time keeps it near `id` in indexes and in the partitions of the inbox.
 */
export function derivedId(id: string, name: string): string {
  const bits = hash('sha256', `${id.toLowerCase()} ${name}`, 'hex')
  const variant = ((Number.parseInt(bits.slice(0, 1), 16) & 3) | 8).toString(16)
  return `${id.slice(0, 13).toLowerCase()}-7${bits.slice(1, 4)}-${variant}${bits.slice(4, 7)}-${bits.slice(7, 19)}`
}
