import { Type, type Static, type TProperties, type TSchema, type TUnsafe } from 'typebox'
import { countryCodes, currencyCodes } from '#platform/values'

/** An object that refuses unknown fields. Every body is one. */
const closed = { additionalProperties: false } as const

/** An object of a request: unknown fields are refused. */
export const Closed = <Properties extends TProperties>(properties: Properties, options: object = {}) =>
  Type.Object(properties, { ...closed, ...options })

/** The body of a route that takes none: absent or `{}`. The server refuses any other body. */
export const NoBody = Closed({})

/** Gives a shape its name in the OpenAPI document, where it becomes a component of its own. */
export const named = <Schema extends TSchema>(name: string, schema: Schema): Schema => ({ ...schema, title: name })

/** One of a closed list of words: `OneOf(statuses)`. */
export const OneOf = <const Values extends readonly string[]>(
  values: Values,
  options: object = {},
): TUnsafe<Values[number]> => Type.Unsafe<Values[number]>({ type: 'string', enum: [...values], ...options })

/** A UUID of any version. */
export const Id = Type.String({ format: 'uuid' })

/** The path parameter of a route about one thing. */
export const IdParams = Type.Object({ id: Id })

/** An amount of money in minor units (kopecks, cents) of the currency beside it. */
export const Amount = Type.Integer({ minimum: 0, description: 'Minor units of the currency' })

/** An ISO 4217 code, or XTR for Telegram Stars. */
export const Currency = Type.String({ pattern: '^[A-Z]{3}$', maxLength: 3, description: 'ISO 4217, or XTR' })

/** A currency that a request names: unknown codes are refused. */
export const KnownCurrency = named('KnownCurrency', OneOf(currencyCodes, { description: 'ISO 4217, or XTR' }))

/** A country. */
export const Country = named('Country', OneOf(countryCodes, { description: 'ISO 3166-1 alpha-2, such as CN' }))

/** A moment, RFC 3339 in UTC. */
export const Time = Type.String({ format: 'date-time' })

/**
 * A moment that a caller sends: of the years 1970 to 2199 and without a leap second, because neither JavaScript nor PostgreSQL
 * has every other one.
 */
export const Moment = Type.String({
  format: 'date-time',
  maxLength: 40,
  pattern: '^(19[7-9]|20[0-9]|21[0-9])[0-9]-.{11}:[0-5]',
})

/** A value that may be absent. */
export const Nullable = <Schema extends TSchema>(schema: Schema) => Type.Union([schema, Type.Null()])

/**
 * Control characters (C0, C1), line separators, and the characters that override the direction of the text around them: they
 * forge lines in a log or on a label. The marks and joiners of Arabic, Hebrew and emoji are allowed. Escapes instead of `\\p{…}`,
 * because Python cannot read the latter.
 */
const oneLine = '^[^\\u0000-\\u001f\\u007f-\\u009f\\u2028\\u2029\\u202a-\\u202e\\u2066-\\u2069]*$'
/** Tabs and line breaks are allowed too. */
const severalLines = '^[^\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f-\\u009f\\u202a-\\u202e\\u2066-\\u2069]*$'

/** The patterns of `Text` and `MultilineText`. */
export const textPatterns: ReadonlySet<string> = new Set([oneLine, severalLines])

/** A text of one line, with at most `maxLength` characters and without control characters. */
export const Text = (maxLength: number, options: object = {}) =>
  Type.String({ maxLength, pattern: oneLine, ...options })

/** A text that may have several lines, such as a description or a comment. */
export const MultilineText = (maxLength: number, options: object = {}) =>
  Type.String({ maxLength, pattern: severalLines, ...options })

/** An address that a mail can be sent to: the part before the @ has at most 64 characters (RFC 5321). */
export const Email = Type.String({ format: 'email', maxLength: 254, pattern: '^[^@]{1,64}@' })

/** One text in Russian and English. */
export const LocalizedText = Type.Object({ ru: Type.String(), en: Type.String() })

/** The type of a shape with every property read-only. */
export type Shape<Schema extends TSchema> = Readonly<Static<Schema>>
