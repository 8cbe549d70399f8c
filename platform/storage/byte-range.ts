import type { ByteRange } from './storage.ts'

type Slice = Readonly<{ first: number; last: number }>

/** The bytes of a file of `byte_size` bytes that a range names; all when absent, undefined when it names none. */
export function sliceOf(byte_size: number, range?: ByteRange): Slice | undefined {
  if (!range) return { first: 0, last: byte_size - 1 }
  const first = 'suffix' in range ? Math.max(0, byte_size - range.suffix) : range.first
  const last = 'suffix' in range ? byte_size - 1 : Math.min(range.last ?? byte_size - 1, byte_size - 1)
  return first <= last ? { first, last } : undefined
}

/** The one range of a `Range` header. Undefined for several ranges and malformed headers, which a server may ignore. */
export function rangeOf(header: string | undefined): ByteRange | undefined {
  const [, first = '', last = ''] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? '') ?? []
  if (first === '') return last === '' ? undefined : { suffix: Number(last) }
  if (last === '') return { first: Number(first) }
  return Number(first) <= Number(last) ? { first: Number(first), last: Number(last) } : undefined
}

/** The `Range` header of a range. */
export const headerOf = (range: ByteRange): string =>
  'suffix' in range ? `bytes=-${range.suffix}` : `bytes=${range.first}-${range.last ?? ''}`
