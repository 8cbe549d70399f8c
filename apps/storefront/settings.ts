import { optional, settings, text, withDefault, type ValuesOf } from '#platform/config'

const color = {
  expects: 'a colour such as #3f6b4c',
  parse: (given: string) => (/^#[0-9a-fA-F]{6}$/.test(given) ? given.toLowerCase() : undefined),
}

const address = {
  expects: 'the address of a picture: /media/logo.svg or https://…',
  parse: (given: string) => (/^(\/(?!\/)|https:\/\/)[^\s"'<>]{1,500}$/.test(given) ? given : undefined),
}

const telegramName = {
  expects: 'a name in Telegram without @',
  parse: (given: string) => (/^\w{4,32}$/.test(given) ? given : undefined),
}

const country = {
  expects: 'a code of two letters such as RU, or the name of a country',
  parse: (given: string) =>
    given.length <= 100 && (!isCode(given) || nameOf(given, 'ru') !== undefined) ? given : undefined,
}

const isCode = (text: string): boolean => /^[A-Z]{2}$/.test(text)

/** RU is `Россия` or `Russia`; undefined for a code that no country has. */
const nameOf = (code: string, language: 'ru' | 'en'): string | undefined =>
  new Intl.DisplayNames(language, { type: 'region', fallback: 'none' }).of(code)

const defaultName = { ru: 'Посад', en: 'Posad' } as const

const variables = {
  SHOP_NAME: withDefault(text(1, 60), defaultName.ru, 'The name of the shop on its pages.'),
  SHOP_NAME_EN: optional(text(1, 60), 'The name of the shop on English pages; SHOP_NAME without it.'),
  SHOP_LOGO: optional(address, 'A picture instead of the name at the top of each page.'),
  SHOP_ACCENT: withDefault(
    color,
    '#3f6b4c',
    'The colour of buttons and links; its lightness is adapted to light and dark.',
  ),
  SHOP_PHONE: optional(text(3, 40), 'The phone number at the end of each page.'),
  SHOP_EMAIL: optional(text(3, 254), 'The e-mail address at the end of each page.'),
  SHOP_ADDRESS: optional(text(3, 300), 'The address of the shop at the end of each page.'),
  SHOP_COUNTRY: withDefault(
    country,
    'RU',
    'The country of every address that a buyer types at the checkout: a code such as RU, which pages show in the language of the reader, or a name. Geocoders and carriers read its Russian name.',
  ),
  SHOP_TELEGRAM: optional(telegramName, 'The name of the shop in Telegram, without @.'),
}

/** The look of the storefront, and what its pages say of the shop in each language. */
export const storefrontSettings = settings({
  title: 'The storefront',
  variables,
  read: (values: ValuesOf<typeof variables>) => ({
    accent: values.SHOP_ACCENT,
    facts: { ru: factsOf(values, 'ru'), en: factsOf(values, 'en') },
  }),
})

const factsOf = (values: ValuesOf<typeof variables>, language: 'ru' | 'en') => ({
  name: language === 'en' ? englishNameOf(values) : values.SHOP_NAME,
  country: countryOf(values.SHOP_COUNTRY, language),
  addressCountry: countryOf(values.SHOP_COUNTRY, 'ru'),
  ...(values.SHOP_LOGO !== undefined && { logo: values.SHOP_LOGO }),
  ...(values.SHOP_PHONE !== undefined && { phone: values.SHOP_PHONE }),
  ...(values.SHOP_EMAIL !== undefined && { email: values.SHOP_EMAIL }),
  ...(values.SHOP_ADDRESS !== undefined && { address: values.SHOP_ADDRESS }),
  ...(values.SHOP_TELEGRAM !== undefined && { telegram: values.SHOP_TELEGRAM }),
})

const countryOf = (given: string, language: 'ru' | 'en'): string =>
  (isCode(given) ? nameOf(given, language) : undefined) ?? given

/** A merchant who names the shop once has that name on every page. */
const englishNameOf = ({ SHOP_NAME, SHOP_NAME_EN }: ValuesOf<typeof variables>): string =>
  SHOP_NAME_EN ?? (SHOP_NAME === defaultName.ru ? defaultName.en : SHOP_NAME)
