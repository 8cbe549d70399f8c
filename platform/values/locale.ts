/** The languages every text of the house exists in. */
export const locales = ['ru', 'en'] as const
export type Locale = (typeof locales)[number]

/** One text in every language of the house. */
export type Localized = Readonly<Record<Locale, string>>

/** The best of our languages for an `Accept-Language` header; Russian when nothing fits. */
export function localeOf(acceptLanguage: string | undefined): Locale {
  const wanted = (acceptLanguage ?? '')
    .split(',')
    .map((part) => {
      const [tag = '', ...parameters] = part.trim().toLowerCase().split(';')
      const quality = parameters.map((parameter) => /^\s*q=([\d.]+)$/.exec(parameter)?.[1]).find(Boolean)
      return { tag, quality: quality === undefined ? 1 : Number(quality) }
    })
    .filter(({ tag, quality }) => tag !== '' && quality > 0)
    .toSorted((one, other) => other.quality - one.quality)
  for (const { tag } of wanted) {
    const known = locales.find((locale) => tag === locale || tag.startsWith(`${locale}-`))
    if (known) return known
  }
  return 'ru'
}
