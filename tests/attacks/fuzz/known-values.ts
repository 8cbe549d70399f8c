import type { ValuesOf } from './valid-values.ts'

/** The most values of one field. */
const maxValues = 100

/** `/api/v1/admin/tags id` is `tags id`. */
const listOf = (path: string) => path.split('/').at(-1) ?? path

/** Values that responses showed to exist. Later requests use them again. */
export type KnownValues = Readonly<{
  /** The values by field, such as `variant_id`, or by list and field, such as `tags id`. */
  valuesOf: ValuesOf
  learn: (path: string, body: unknown) => void
  add: (field: string, ...values: readonly string[]) => void
}>

/** Picks at most ten of the values, at equal distances. */
const spread = (values: readonly string[]) =>
  values.filter((_value, at) => values.length <= 10 || at % Math.ceil(values.length / 10) === 0)

export function knownValues(): KnownValues {
  const byField = new Map<string, Set<string>>()
  const add: KnownValues['add'] = (field, ...values) => {
    const known = byField.get(field) ?? new Set()
    for (const value of values) if (known.size < maxValues) known.add(value)
    byField.set(field, known)
  }

  /** `list` is the name of the list that contains the value: the ids in `variants` are those of variants. */
  function collect(list: string, value: unknown): void {
    if (Array.isArray(value)) for (const item of value) collect(list, item)
    else if (typeof value === 'object' && value !== null) {
      for (const [name, inside] of Object.entries(value)) {
        if (typeof inside !== 'string') collect(name === 'items' ? list : name, inside)
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
    learn: (path, body) => collect(listOf(path.split('?', 1)[0] ?? ''), body),
    add,
    valuesOf: (field) => {
      const name = field.split(' ').at(-1) ?? field
      const ofList = byField.get(listOf(field)) ?? new Set()
      const ofField = byField.get(name) ?? new Set()
      const anyId = name.endsWith('id') ? (byField.get('any id') ?? new Set()) : new Set<string>()
      const near = ofList.size > 0 ? [...ofList] : [...ofField]
      const far = [...(ofList.size > 0 ? ofField : []), ...anyId].slice(-maxValues)
      // Four of five values are near: the right kind of thing. The others are ids of other things.
      return near.length === 0
        ? spread(far)
        : [...Array.from({ length: 40 }, (_, at) => near[at % near.length] ?? ''), ...spread(far)]
    },
  }
}
