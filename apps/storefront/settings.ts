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

const variables = {
  SHOP_NAME: withDefault(text(1, 60), 'Посад', 'The name of the shop on its pages.'),
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
    text(1, 100),
    'Россия',
    'The country of every address that a buyer types at the checkout; geocoders and carriers read it.',
  ),
  SHOP_TELEGRAM: optional(telegramName, 'The name of the shop in Telegram, without @.'),
}

/** The look of the storefront. */
export const storefrontSettings = settings({
  title: 'The storefront',
  variables,
  read: (values: ValuesOf<typeof variables>) => ({
    accent: values.SHOP_ACCENT,
    facts: {
      name: values.SHOP_NAME,
      country: values.SHOP_COUNTRY,
      ...(values.SHOP_LOGO !== undefined && { logo: values.SHOP_LOGO }),
      ...(values.SHOP_PHONE !== undefined && { phone: values.SHOP_PHONE }),
      ...(values.SHOP_EMAIL !== undefined && { email: values.SHOP_EMAIL }),
      ...(values.SHOP_ADDRESS !== undefined && { address: values.SHOP_ADDRESS }),
      ...(values.SHOP_TELEGRAM !== undefined && { telegram: values.SHOP_TELEGRAM }),
    },
  }),
})
