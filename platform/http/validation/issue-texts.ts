import type { ErrorObject } from 'ajv'
import { textPatterns } from '#platform/schema'
import type { Locale, Localized } from '#platform/values'

type TextOf = (bound: string) => Localized

const types: Readonly<Record<string, string>> = {
  string: 'строка',
  integer: 'целое число',
  number: 'число',
  boolean: 'true или false',
  object: 'объект',
  array: 'список',
  null: 'null',
}
const formats: Readonly<Record<string, string>> = {
  uuid: 'UUID',
  email: 'адрес почты',
  date: 'дата вида 2026-11-21',
  'date-time': 'время вида 2026-11-21T09:15:00Z',
  uri: 'адрес в интернете',
}

/** `integer or null` is «целое число или null». */
const inRussian = (type: string): string =>
  type
    .split(' or ')
    .map((one) => types[one] ?? one)
    .join(' или ')

/** A text for each of Ajv's keywords, with the bound that was violated. */
const texts: Readonly<Record<string, TextOf>> = {
  required: () => ({ en: 'is missing', ru: 'не хватает' }),
  additionalProperties: () => ({ en: 'is not a known field', ru: 'неизвестное поле' }),
  unevaluatedProperties: () => ({ en: 'is not a known field', ru: 'неизвестное поле' }),
  type: (type) => ({ en: `must be ${type}`, ru: `ожидается ${inRussian(type)}` }),
  enum: (values) => ({ en: `must be one of ${values}`, ru: `ожидается одно из: ${values}` }),
  const: (value) => ({ en: `must be ${value}`, ru: `ожидается ${value}` }),
  format: (format) => ({ en: `is not a valid ${format}`, ru: `это не ${formats[format] ?? format}` }),
  pattern: (pattern) =>
    textPatterns.has(pattern)
      ? { en: 'has control characters, which are not allowed', ru: 'есть управляющие символы, а их быть не должно' }
      : { en: `must match ${pattern}`, ru: `должно соответствовать ${pattern}` },
  minLength: (limit) => ({ en: `is shorter than ${limit}`, ru: `короче ${limit} знаков` }),
  maxLength: (limit) => ({ en: `is longer than ${limit}`, ru: `длиннее ${limit} знаков` }),
  minimum: (limit) => ({ en: `is less than ${limit}`, ru: `меньше ${limit}` }),
  maximum: (limit) => ({ en: `is more than ${limit}`, ru: `больше ${limit}` }),
  exclusiveMinimum: (limit) => ({ en: `must be more than ${limit}`, ru: `должно быть больше ${limit}` }),
  exclusiveMaximum: (limit) => ({ en: `must be less than ${limit}`, ru: `должно быть меньше ${limit}` }),
  multipleOf: (step) => ({ en: `must be a multiple of ${step}`, ru: `должно делиться на ${step}` }),
  minItems: (limit) => ({ en: `has fewer than ${limit} items`, ru: `меньше ${limit} элементов` }),
  maxItems: (limit) => ({ en: `has more than ${limit} items`, ru: `больше ${limit} элементов` }),
  repeated: () => ({ en: 'is given more than once', ru: 'указано несколько раз' }),
  uniqueItems: () => ({ en: 'has an item twice', ru: 'есть повторы' }),
  minProperties: (limit) => ({ en: `has fewer than ${limit} fields`, ru: `меньше ${limit} полей` }),
  maxProperties: (limit) => ({ en: `has more than ${limit} fields`, ru: `больше ${limit} полей` }),
}
const otherwise: TextOf = () => ({ en: 'is not valid', ru: 'недопустимо' })

/** The text of an issue in the language of the request. */
export const issueText = (error: ErrorObject, locale: Locale): string =>
  (texts[error.keyword] ?? otherwise)(boundOf(error))[locale]

const bounds = ['limit', 'type', 'format', 'pattern', 'allowedValues', 'allowedValue', 'multipleOf']

function boundOf({ params }: ErrorObject): string {
  const bound: unknown = params[bounds.find((name) => name in params) ?? '']
  if (typeof bound === 'string') return bound
  const parts = [bound].flat().map((one) => (typeof one === 'string' && !('type' in params) ? `"${one}"` : String(one)))
  return parts.join('type' in params ? ' or ' : ', ').slice(0, 500)
}
