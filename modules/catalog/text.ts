import { Type } from 'typebox'
import type { Localized } from '#platform/values'

/** A text as staff send it: in both languages, or one text for both. */
export const TextGiven = (maxLength: number) =>
  Type.Union([
    Type.String({ maxLength }),
    Type.Object({ ru: Type.String({ maxLength }), en: Type.String({ maxLength }) }, { additionalProperties: false }),
  ])

/** A text as staff read it. */
export const Text = Type.Object({ ru: Type.String(), en: Type.String() })

export const noText: Localized = { ru: '', en: '' }

export const inBoth = (given: string | Localized): Localized =>
  typeof given === 'string' ? { ru: given, en: given } : { ru: given.ru, en: given.en }

/** How a variant is called outside of its product: `Те Гуань Инь, 100 г`. */
export const titleOf = (product: Localized, variant: Localized): Localized => ({
  ru: joined(product.ru, variant.ru),
  en: joined(product.en, variant.en),
})

const joined = (product: string, variant: string) => (variant === '' ? product : `${product}, ${variant}`)

export const isSameText = (one: Localized, other: Localized): boolean => one.ru === other.ru && one.en === other.en
