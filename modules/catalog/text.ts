import type { Localized } from '#platform/values'
import type { LocalizedInput } from './schema.ts'

export const noText: Localized = { ru: '', en: '' }

/** One text given for both languages becomes both. */
export const inBoth = (text: LocalizedInput | Localized): Localized =>
  typeof text === 'string' ? { ru: text, en: text } : { ru: text.ru, en: text.en }

export const isSameText = (one: Localized, other: Localized): boolean => one.ru === other.ru && one.en === other.en

/** The title of a variant outside of its product: `Те Гуань Инь, 100 г`. */
export const titleOf = (product: Localized, variant: Localized): Localized => ({
  ru: joined(product.ru, variant.ru),
  en: joined(product.en, variant.en),
})

const joined = (product: string, variant: string) => (variant === '' ? product : `${product}, ${variant}`)
