import { randomUUIDv7 } from 'node:crypto'

/** A new UUIDv7. Its order is the order of time, so indexes grow at their right edge. */
export const newId = (): string => randomUUIDv7()

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** True for a UUID of any version (RFC 9562). */
export const isId = (text: string): boolean => uuid.test(text)

/** The time in a UUIDv7; undefined for other versions, which hold none. */
export const createdAtOf = (id: string): Date | undefined =>
  isId(id) && id[14] === '7' ? new Date(Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16)) : undefined
