/** ISO 4217 code, or XTR for Telegram Stars. */
export type Currency = string

/** An integer of minor units (kopecks, cents) and its currency. Never a float. */
export type Money = Readonly<{ amount: number; currency: Currency }>

/** Currencies without minor units: one yen is one yen. */
const withoutMinorUnits = new Set(['JPY', 'KRW', 'VND', 'CLP', 'ISK', 'XTR'])

/** How many decimal digits the minor unit has: 2 for RUB, 0 for JPY and XTR. */
const exponentOf = (currency: Currency): number => (withoutMinorUnits.has(currency) ? 0 : 2)

/** Makes an amount of money. Throws `RangeError` unless `amount` is a safe integer of minor units. */
export function money(amount: number, currency: Currency): Money {
  if (!Number.isSafeInteger(amount)) throw new RangeError(`Money is a safe integer of minor units, not ${amount}`)
  return { amount, currency }
}

/** The price of `quantity` pieces. */
export const times = (price: Money, quantity: number): Money => money(price.amount * quantity, price.currency)

/** Adds amounts of one currency. Throws `TypeError` on mixed currencies: that is a bug. */
export function totalOf(sums: readonly Money[], currency: Currency): Money {
  const foreign = sums.find((sum) => sum.currency !== currency)
  if (foreign) throw new TypeError(`Cannot add ${foreign.currency} to ${currency}`)
  return money(
    sums.reduce((total, sum) => total + sum.amount, 0),
    currency,
  )
}

const tags: Readonly<Record<string, string>> = { ru: 'ru-RU', en: 'en-GB' }
const formats = new Map<string, Intl.NumberFormat>()

/** For people, as the pages of the shop write it: `1 250 ₽` in Russian, `₽1,250` in English; `₽1,250.50` with its kopecks. */
export function formatMoney({ amount, currency }: Money, locale: string): string {
  const exponent = exponentOf(currency)
  const major = amount / 10 ** exponent
  return formatOf(tags[locale] ?? locale, currency, Number.isInteger(major) ? 0 : exponent).format(major)
}

/** Opening a format takes time, so each is opened once. */
function formatOf(tag: string, currency: Currency, digits: number): Intl.NumberFormat {
  const key = `${tag} ${currency} ${digits}`
  const known = formats.get(key)
  if (known) return known
  const fraction = { minimumFractionDigits: digits, maximumFractionDigits: digits }
  const opened = new Intl.NumberFormat(tag, {
    style: 'currency',
    currency,
    currencyDisplay: 'narrowSymbol',
    ...fraction,
  })
  formats.set(key, opened)
  return opened
}
