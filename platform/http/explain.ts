import type { ErrorObject } from 'ajv'
import type { Locale } from '#platform/values'
import type { Fault } from './problem.ts'

const mostFaults = 20

type Saying = (bound: string) => Record<Locale, string>

/** Ajv's keywords in words, with the bound that was broken. */
const sayings: Record<string, Saying> = {
  required: () => ({ en: 'is missing', ru: 'не хватает' }),
  additionalProperties: () => ({ en: 'is not known here', ru: 'здесь такого нет' }),
  type: (type) => ({ en: `must be ${type}`, ru: `должно быть ${type}` }),
  enum: (values) => ({ en: `must be one of ${values}`, ru: `должно быть одним из: ${values}` }),
  const: (value) => ({ en: `must be ${value}`, ru: `должно быть ${value}` }),
  format: (format) => ({ en: `is not a ${format}`, ru: `не похоже на ${format}` }),
  pattern: (pattern) => ({ en: `must match ${pattern}`, ru: `должно подходить под ${pattern}` }),
  minLength: (limit) => ({ en: `is shorter than ${limit}`, ru: `короче ${limit} знаков` }),
  maxLength: (limit) => ({ en: `is longer than ${limit}`, ru: `длиннее ${limit} знаков` }),
  minimum: (limit) => ({ en: `is less than ${limit}`, ru: `меньше ${limit}` }),
  maximum: (limit) => ({ en: `is more than ${limit}`, ru: `больше ${limit}` }),
  exclusiveMinimum: (limit) => ({ en: `must be more than ${limit}`, ru: `должно быть больше ${limit}` }),
  exclusiveMaximum: (limit) => ({ en: `must be less than ${limit}`, ru: `должно быть меньше ${limit}` }),
  multipleOf: (step) => ({ en: `must be a multiple of ${step}`, ru: `должно делиться на ${step}` }),
  minItems: (limit) => ({ en: `has fewer than ${limit} items`, ru: `меньше ${limit} элементов` }),
  maxItems: (limit) => ({ en: `has more than ${limit} items`, ru: `больше ${limit} элементов` }),
  uniqueItems: () => ({ en: 'has an item twice', ru: 'есть повторы' }),
  minProperties: (limit) => ({ en: `has fewer than ${limit} fields`, ru: `меньше ${limit} полей` }),
  maxProperties: (limit) => ({ en: `has more than ${limit} fields`, ru: `больше ${limit} полей` }),
}
const other: Saying = () => ({ en: 'does not fit', ru: 'не подходит' })

/** Ajv's errors as faults of a problem document, one per place. `part` is `body`, `query`, `params` or `headers`. */
export function explain(errors: readonly ErrorObject[], part: string, locale: Locale): readonly Fault[] {
  const faults = new Map<string, string>()
  for (const error of choicesFolded(errors)) {
    const pointer = `/${part}${error.instancePath}${missingPart(error)}`.slice(0, 500)
    if (!faults.has(pointer)) faults.set(pointer, (sayings[error.keyword] ?? other)(boundOf(error))[locale])
    if (faults.size === mostFaults) break
  }
  return Array.from(faults, ([pointer, detail]) => ({ pointer, detail }))
}

/** A union of literals fails once per literal: that reads as one `enum`. */
function choicesFolded(errors: readonly ErrorObject[]): readonly ErrorObject[] {
  const choices = Map.groupBy(
    errors.filter(({ keyword }) => keyword === 'const'),
    ({ instancePath }) => instancePath,
  )
  return errors.map((error) => {
    const alike = error.keyword === 'const' ? (choices.get(error.instancePath) ?? []) : []
    if (alike.length < 2) return error
    return { ...error, keyword: 'enum', params: { allowedValues: alike.map(({ params }) => params['allowedValue']) } }
  })
}

/** Ajv names the object a field is missing from or too much in; people look for the field. */
function missingPart({ params }: ErrorObject): string {
  const name: unknown = params['missingProperty'] ?? params['additionalProperty'] ?? params['unevaluatedProperty']
  return typeof name === 'string' ? `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}` : ''
}

const bounds = ['limit', 'type', 'format', 'pattern', 'allowedValues', 'allowedValue', 'multipleOf']

function boundOf({ params }: ErrorObject): string {
  const bound: unknown = params[bounds.find((name) => name in params) ?? '']
  if (typeof bound === 'string') return bound
  const texts = [bound].flat().map((one) => (typeof one === 'string' && !('type' in params) ? `"${one}"` : String(one)))
  return texts.join(', ').slice(0, 500)
}
