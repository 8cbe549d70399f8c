import { hash, randomUUIDv7 } from 'node:crypto'

/** The largest number in the 12 bits of a UUIDv7 beside its time. */
const maxCount = 0xfff

/** The time of the last id as it begins with it, and how many ids had this time before it. */
let last = { time: '', count: 0 }

/**
 * A new UUIDv7. The ids of one process ascend, also within a millisecond and when the clock goes back (RFC 9562, 6.2, method 1):
 * rows sorted by id stand in the order of their making, and indexes grow at their right edge. 62 bits are random.
 */
export function newId(): string {
  const id = randomUUIDv7()
  const time = id.slice(0, 13)
  if (time > last.time) last = { time, count: 0 }
  else if (last.count < maxCount) last.count++
  else last = { time: nextTime(last.time), count: 0 }
  return `${last.time}-7${last.count.toString(16).padStart(3, '0')}${id.slice(18)}`
}

const nextTime = (time: string): string => {
  const hex = (timeOf(time) + 1).toString(16).padStart(12, '0')
  return `${hex.slice(0, 8)}-${hex.slice(8)}`
}

const timeOf = (id: string): number => Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16)

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** True for a UUID of any version (RFC 9562). */
export const isId = (text: string): boolean => uuid.test(text)

/** The time in a UUIDv7; undefined for other versions, which hold none. */
export const createdAtOf = (id: string): Date | undefined =>
  isId(id) && id[14] === '7' ? new Date(timeOf(id)) : undefined

/**
 * The id that follows from `id` and `name`, the same at every call: a UUIDv7 with the time of `id` and a hash in place of its
 * random bits. The time keeps it near `id` in indexes and in the partitions of the inbox.
 */
export function derivedId(id: string, name: string): string {
  const bits = hash('sha256', `${id.toLowerCase()} ${name}`, 'hex')
  const variant = ((Number.parseInt(bits.slice(0, 1), 16) & 3) | 8).toString(16)
  return `${id.slice(0, 13).toLowerCase()}-7${bits.slice(1, 4)}-${variant}${bits.slice(4, 7)}-${bits.slice(7, 19)}`
}
