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

/** For people: `1 250,00 ₽` in Russian, `RUB 1,250.00` in English. */
export function formatMoney({ amount, currency }: Money, locale: string): string {
  const digits = exponentOf(currency)
  const number = new Intl.NumberFormat(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits })
  const sign = currency === 'RUB' && locale.startsWith('ru') ? '₽' : currency
  return locale.startsWith('ru')
    ? `${number.format(amount / 10 ** digits)} ${sign}`
    : `${sign} ${number.format(amount / 10 ** digits)}`
}
