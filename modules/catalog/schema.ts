import { Type, type Static } from 'typebox'
import { Closed, Text } from '#platform/schema'

/** The largest body in bytes of a product with its variants, or of an attribute with its values. */
export const staffBodyLimit = 1_048_576

/** A name in an address, such as `te-guan-in`. */
export const Slug = Type.String({ minLength: 1, maxLength: 100, pattern: '^[a-z0-9]+(-[a-z0-9]+)*$' })

/** The name of an attribute or a type in programs, such as `tea_kind`. */
export const Code = Type.String({ minLength: 1, maxLength: 60, pattern: '^[a-z][a-z0-9_]*$' })

/** The name of a type in addresses, such as `teas`. */
export const Plural = Type.String({ minLength: 1, maxLength: 60, pattern: '^[a-z][a-z0-9_-]*$' })

/** The path parameter of a route about the products of a type. */
export const PluralParams = Type.Object({ plural: Plural })

/** An order has at most 100 lines of 99 pieces, so its total is at most 10¹⁴: JavaScript still counts it exactly. */
/** The greatest price in minor units. */
export const maxPrice = 10_000_000_000
export const Price = Type.Integer({ minimum: 0, maximum: maxPrice, description: 'Minor units of the currency' })

export const Weight = Type.Integer({ minimum: 0, maximum: 10_000_000, description: 'Grams per piece' })

/** The weight that a variant has: a bundle may weigh the sum of its components. */
export const TotalWeight = Type.Integer({
  minimum: 0,
  maximum: 2_147_483_647,
  description: 'Grams per piece; for a bundle without its own weight, the sum of its components',
})

export const Position = Type.Integer({ minimum: 0, maximum: 1_000_000, description: 'Smaller positions come first' })

export const Image = Type.String({ minLength: 1, maxLength: 2000, pattern: '^(https?://|/)[^\\s\\u0000]*$' })

/** A text as staff send it: in both languages, or one text for both. */
export const LocalizedInput = (maxLength: number, TextOf = Text) =>
  Type.Union([TextOf(maxLength), Closed({ ru: TextOf(maxLength), en: TextOf(maxLength) })])
export type LocalizedInput = Static<ReturnType<typeof LocalizedInput>>

/** The id of a product, or its name in addresses. */
export const IdOrSlug = Type.String({ minLength: 1, maxLength: 100, pattern: '^[A-Za-z0-9-]+$' })
