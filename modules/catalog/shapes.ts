import { Type, type TSchema } from 'typebox'

/** Shapes that several routes of the catalog share. */
export const Id = Type.String({ format: 'uuid' })
export const IdParams = Type.Object({ id: Id })
export const Slug = Type.String({ minLength: 1, maxLength: 100, pattern: '^[a-z0-9]+(-[a-z0-9]+)*$' })
export const Code = Type.String({ minLength: 1, maxLength: 60, pattern: '^[a-z][a-z0-9_]*$' })
/** A hundred lines of 99 pieces at the dearest are 10¹⁴: no order comes near what a number can count to. */
export const Amount = Type.Integer({ minimum: 0, maximum: 10_000_000_000, description: 'Minor units' })
export const CurrencyCode = Type.String({ maxLength: 3, pattern: '^[A-Z]{3}$', description: 'ISO 4217, or XTR' })
export const Place = Type.Integer({ minimum: 0, maximum: 1_000_000, description: 'Smaller comes first' })
export const Pieces = Type.Integer({ minimum: 0, maximum: 1_000_000_000 })
export const Image = Type.String({ minLength: 1, maxLength: 2000, pattern: '^(https?://|/)[^\\s\\u0000]*$' })
/** A text without NUL, which PostgreSQL cannot keep. */
export const Line = (maxLength: number) => Type.String({ minLength: 1, maxLength, pattern: '^[^\\u0000]*$' })

export const orNull = <Schema extends TSchema>(schema: Schema) => Type.Union([schema, Type.Null()])

const Measure = Type.Number({ minimum: -1_000_000_000, maximum: 1_000_000_000 })

export const AttributeValue = Type.Union([
  Type.String({ maxLength: 500, pattern: '^[^\\u0000]*$' }),
  Measure,
  Type.Boolean(),
  Type.Array(Type.String({ maxLength: 60 }), { maxItems: 50 }),
  Type.Object({ min: Measure, max: Measure }, { additionalProperties: false }),
])

export const Attributes = Type.Record(Code, AttributeValue, { maxProperties: 60, description: 'By attribute code' })
