import type { Locale } from './locale.ts'
import { en } from './en.ts'
import { ru, type Texts } from './ru.ts'

export type { Texts } from './ru.ts'

const texts: Readonly<Record<Locale, Texts>> = { ru, en }

/** The texts of the pages in a language. */
export const textsOf = (locale: Locale): Texts => texts[locale]
