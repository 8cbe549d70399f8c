/** No schema nests deeper; PostgreSQL refuses jsonb only at a much greater depth. */
const deepest = 32

/**
 * The JSON pointer of the first value that must not enter: names that reach for prototypes, NUL characters and halves of
 * surrogate pairs (PostgreSQL refuses both in text and jsonb, which would be a 500), and too deep nesting.
 */
export function forbiddenPlaceIn(value: unknown, depth = 0): string | undefined {
  if (typeof value === 'string') return isStorable(value) ? undefined : ''
  if (typeof value !== 'object' || value === null) return undefined
  if (depth >= deepest) return ''
  return Array.isArray(value) ? inList(value, depth) : inRecord(value as Record<string, unknown>, depth)
}

function inList(list: readonly unknown[], depth: number): string | undefined {
  for (let index = 0; index < list.length; index++) {
    const place = forbiddenPlaceIn(list[index], depth + 1)
    if (place !== undefined) return `/${index}${place}`
  }
  return undefined
}

function inRecord(record: Readonly<Record<string, unknown>>, depth: number): string | undefined {
  for (const name of Object.keys(record)) {
    if (name === '__proto__' || !isStorable(name)) return `/${pointerPart(name)}`
    const value = record[name]
    if (name === 'constructor' && typeof value === 'object' && value !== null && Object.hasOwn(value, 'prototype')) {
      return '/constructor/prototype'
    }
    const place = forbiddenPlaceIn(value, depth + 1)
    if (place !== undefined) return `/${pointerPart(name)}${place}`
  }
  return undefined
}

const isStorable = (text: string) => text.isWellFormed() && !text.includes('\0')

const pointerPart = (name: string) =>
  name.toWellFormed().replaceAll('\0', '').slice(0, 100).replaceAll('~', '~0').replaceAll('/', '~1')
