import { randomUUIDv7 } from 'node:crypto'

/** A new UUIDv7: ordered by time, so that indexes grow at their right edge. */
export const newId = (): string => randomUUIDv7()

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** True for any RFC 9562 UUID, of whatever version. */
export const isId = (text: string): boolean => uuid.test(text)

/** When a UUIDv7 was made; undefined for other versions, which do not say. */
export const bornAt = (id: string): Date | undefined =>
  isId(id) && id[14] === '7' ? new Date(Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16)) : undefined
