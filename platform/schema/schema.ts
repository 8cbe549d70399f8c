import { Type, type Static, type TProperties, type TSchema, type TUnsafe } from 'typebox'

/** For objects that refuse unknown fields: every body is one. */
const closed = { additionalProperties: false } as const

/** An object of a request: unknown fields are refused. */
export const Closed = <Properties extends TProperties>(properties: Properties, options: object = {}) =>
  Type.Object(properties, { ...closed, ...options })

/** Gives a shape its name in the OpenAPI document, where it becomes a component of its own. */
export const named = <Schema extends TSchema>(name: string, schema: Schema): Schema => ({ ...schema, title: name })

/** A UUID of any version. */
export const Id = Type.String({ format: 'uuid' })

/** The path parameter of a route about one thing. */
export const IdParams = Type.Object({ id: Id })

/** An amount of money in minor units (kopecks, cents) of the currency beside it. */
export const Amount = Type.Integer({ minimum: 0, description: 'Minor units of the currency' })

/** An ISO 4217 code, or XTR for Telegram Stars. */
export const Currency = Type.String({ pattern: '^[A-Z]{3}$', maxLength: 3, description: 'ISO 4217, or XTR' })

/** A moment, RFC 3339 in UTC. */
export const Time = Type.String({ format: 'date-time' })

/** A value that may be absent. */
export const Nullable = <Schema extends TSchema>(schema: Schema) => Type.Union([schema, Type.Null()])

/** A text of at most `maxLength` characters. */
export const Text = (maxLength: number, options: object = {}) => Type.String({ maxLength, ...options })

/** One text in Russian and English. */
export const LocalizedText = Type.Object({ ru: Type.String(), en: Type.String() })

/** One of a closed list of words: `OneOf(statuses)`. */
export const OneOf = <const Values extends readonly string[]>(
  values: Values,
  options: object = {},
): TUnsafe<Values[number]> => Type.Unsafe<Values[number]>({ type: 'string', enum: [...values], ...options })

/** The type of a shape with every property read-only. */
export type Shape<Schema extends TSchema> = Readonly<Static<Schema>>
