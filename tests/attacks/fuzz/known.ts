import type { Real } from './shape.ts'

const most = 100

/** `/api/v1/admin/tags id` is `tags id`. */
const listOf = (path: string) => path.split('/').at(-1) ?? path

/** What answers have shown to exist, for asking about it again. */
export type Known = Readonly<{
  /** By field, as `variant_id`, or by list and field, as `tags id`. */
  real: Real
  learn: (path: string, answer: unknown) => void
  add: (field: string, ...values: readonly string[]) => void
}>

/** Ten of the values, from the first to the last. */
const spread = (values: readonly string[]) =>
  values.filter((_value, at) => values.length <= 10 || at % Math.ceil(values.length / 10) === 0)

export function knownThings(): Known {
  const byField = new Map<string, Set<string>>()
  const add: Known['add'] = (field, ...values) => {
    const seen = byField.get(field) ?? new Set()
    for (const value of values) if (seen.size < most) seen.add(value)
    byField.set(field, seen)
  }

  /** `list` is the name of the list something stands in: the ids in `variants` are those of variants. */
  function walk(list: string, value: unknown): void {
    if (Array.isArray(value)) for (const one of value) walk(list, one)
    else if (typeof value === 'object' && value !== null) {
      for (const [name, inside] of Object.entries(value)) {
        if (typeof inside !== 'string') walk(name === 'items' ? list : name, inside)
        else if (/(^|_)(id|code|slug|plural|token|sku|email|type|number|cursor)$/.test(name)) {
          const field = name.replace('next_', '')
          add(field, inside)
          add(`${list} ${field}`, inside)
          if (name.endsWith('id')) add('any id', inside)
        }
      }
    }
  }

  return {
    learn: (path, answer) => walk(listOf(path.split('?', 1)[0] ?? ''), answer),
    add,
    real: (field) => {
      const name = field.split(' ').at(-1) ?? field
      const exact = byField.get(listOf(field)) ?? new Set()
      const other = byField.get(name) ?? new Set()
      const any = name.endsWith('id') ? (byField.get('any id') ?? new Set()) : new Set<string>()
      const near = exact.size > 0 ? [...exact] : [...other]
      const far = [...(exact.size > 0 ? other : []), ...any].slice(-most)
      // The nearest come four times of five, everything else now and then.
      return near.length === 0
        ? spread(far)
        : [...Array.from({ length: 40 }, (_, at) => near[at % near.length] ?? ''), ...spread(far)]
    },
  }
}
