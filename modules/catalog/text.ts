import type { Locale, Localized } from '#platform/values'
import type { LocalizedInput } from './schema.ts'

export const noText: Localized = { ru: '', en: '' }

/** One text given for both languages becomes both. */
export const inBoth = (text: LocalizedInput | Localized): Localized =>
  typeof text === 'string' ? { ru: text, en: text } : { ru: text.ru, en: text.en }

/** A text after a change. One text is in the language of its author; the other language keeps its own. */
export const changedText = (before: Localized, change: LocalizedInput | undefined, locale: Locale): Localized =>
  typeof change === 'string' ? { ...before, [locale]: change } : (change ?? before)

export const isSameText = (one: Localized, other: Localized): boolean => one.ru === other.ru && one.en === other.en

/** The title of a variant outside of its product: `Те Гуань Инь, 100 г`. */
export const titleOf = (product: Localized, variant: Localized): Localized => ({
  ru: joined(product.ru, variant.ru),
  en: joined(product.en, variant.en),
})

const joined = (product: string, variant: string) => (variant === '' ? product : `${product}, ${variant}`)
