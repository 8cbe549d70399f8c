import { mailOf, type Mail } from '#platform/mail'
import { formatMoney, money, type Locale, type Localized } from '#platform/values'
import type { AlertKind } from '../schema.ts'

/** The facts of an e-mail about a variant. */
export type DueAlert = Readonly<{
  user_id: string
  variant_id: string
  kind: AlertKind
  locale: Locale
  link_token: string
  price: number
  currency: string
  name: Localized
  title: Localized
  slug: string
}>

type Recipient = Readonly<{ to: string; origin: string }>

/** The only e-mail of a subscription; its last lines say how to end the others. */
export function letterAbout(alert: DueAlert, { to, origin }: Recipient): Mail {
  const { locale, kind, price, currency } = alert
  const name = [alert.name[locale], alert.title[locale]].filter((text) => text !== '').join(', ')
  const cost = formatMoney(money(price, currency), locale)
  const text = texts[locale]
  return mailOf({
    to,
    locale,
    subject: text.subject[kind](name.slice(0, 120)),
    paragraphs: [text.paragraph[kind](name, cost)],
    link: { label: text.label, url: `${origin}/product/${alert.slug}` },
    footer: text.footer(`${origin}/alerts/${alert.link_token}`),
  })
}

type Texts = Readonly<{
  subject: Readonly<Record<AlertKind, (name: string) => string>>
  paragraph: Readonly<Record<AlertKind, (name: string, cost: string) => string>>
  label: string
  footer: (url: string) => string
}>

const texts: Readonly<Record<Locale, Texts>> = {
  en: {
    subject: {
      back_in_stock: (name) => `Back in stock: ${name}`,
      price_drop: (name) => `Lower price: ${name}`,
    },
    paragraph: {
      back_in_stock: (name, cost) => `${name} is back in stock, for ${cost}.`,
      price_drop: (name, cost) => `${name} now costs ${cost}.`,
    },
    label: 'Open the shop',
    footer: (url) => `You asked for this one e-mail. To cancel all your other subscriptions, open ${url}`,
  },
  ru: {
    subject: {
      back_in_stock: (name) => `Снова в наличии: ${name}`,
      price_drop: (name) => `Стало дешевле: ${name}`,
    },
    paragraph: {
      back_in_stock: (name, cost) => `${name}: снова в наличии за ${cost}.`,
      price_drop: (name, cost) => `${name} теперь стоит ${cost}.`,
    },
    label: 'Открыть магазин',
    footer: (url) => `Вы подписались на это единственное письмо. Отменить остальные подписки: ${url}`,
  },
}
