/** JSON with sorted names: two values that differ only in the order of their names give the same text. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_name, inside: unknown) => (isRecord(inside) ? sorted(inside) : inside)) ?? ''
}

const isRecord = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const sorted = (record: object): object =>
  Object.fromEntries(Object.entries(record).toSorted(([one], [other]) => (one < other ? -1 : 1)))
