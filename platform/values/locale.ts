/** The languages of every text for people. */
export const locales = ['ru', 'en'] as const
export type Locale = (typeof locales)[number]

/** One text in every language. */
export type Localized = Readonly<Record<Locale, string>>

/** The preferred supported language of an `Accept-Language` header; Russian when none is supported. */
export function localeOf(acceptLanguage: string | undefined): Locale {
  const preferences = (acceptLanguage ?? '')
    .split(',')
    .map((part) => {
      const [tag = '', ...parameters] = part.trim().toLowerCase().split(';')
      const quality = parameters.map((parameter) => /^\s*q=([\d.]+)$/.exec(parameter)?.[1]).find(Boolean)
      return { tag, quality: quality === undefined ? 1 : Number(quality) }
    })
    .filter(({ tag, quality }) => tag !== '' && quality > 0)
    .toSorted((one, other) => other.quality - one.quality)
  for (const { tag } of preferences) {
    const known = locales.find((locale) => tag === locale || tag.startsWith(`${locale}-`))
    if (known) return known
  }
  return 'ru'
}
