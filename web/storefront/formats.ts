import type { Locale } from './text/locale.ts'

/** Currencies without minor units, as the API has them. */
const wholeCurrencies = new Set(['JPY', 'KRW', 'VND', 'CLP', 'ISK', 'XTR'])

/** Money, numbers and times as the reader writes them. */
export type Formats = Readonly<{
  /** An amount of minor units: 62000 RUB is `620 ₽`. */
  money: (amount: number, currency: string) => string
  /** The amount in major units as a program writes it: 62000 RUB is `620.00`. */
  decimal: (amount: number, currency: string) => string
  date: (time: string) => string
  time: (time: string) => string
  number: (value: number) => string
  /** CN is `China`. */
  country: (code: string) => string
  /** Metres, or kilometres from a thousand: 1500 is `1.5 km`. */
  distance: (metres: number) => string
  /** Minutes and seconds: 95 is `1:35`. */
  duration: (seconds: number) => string
}>

const tags: Readonly<Record<Locale, string>> = { ru: 'ru-RU', en: 'en-GB' }
const digitsOf = (currency: string) => (wholeCurrencies.has(currency) ? 0 : 2)

const opened = new Map<Locale, Formats>()

/** The formats of a language; opening `Intl` formats takes time, so each language is opened once. */
export function formatsOf(locale: Locale): Formats {
  const known = opened.get(locale)
  if (known) return known
  const formats = open(tags[locale])
  opened.set(locale, formats)
  return formats
}

function open(tag: string): Formats {
  const money = new Map<string, Intl.NumberFormat>()
  const date = new Intl.DateTimeFormat(tag, { day: 'numeric', month: 'long', year: 'numeric' })
  const time = new Intl.DateTimeFormat(tag, { day: 'numeric', month: 'long', hour: '2-digit', minute: '2-digit' })
  const number = new Intl.NumberFormat(tag, { useGrouping: false, maximumFractionDigits: 2 })
  const country = new Intl.DisplayNames(tag, { type: 'region' })
  const metre = new Intl.NumberFormat(tag, { style: 'unit', unit: 'meter', maximumFractionDigits: 0 })
  const kilometre = new Intl.NumberFormat(tag, { style: 'unit', unit: 'kilometer', maximumFractionDigits: 1 })
  const moneyFormat = (currency: string, digits: number) => {
    const key = `${currency} ${digits}`
    const format = money.get(key) ?? openMoney(tag, currency, digits)
    money.set(key, format)
    return format
  }
  return {
    money: (amount, currency) => {
      const digits = digitsOf(currency)
      const major = amount / 10 ** digits
      return moneyFormat(currency, Number.isInteger(major) ? 0 : digits).format(major)
    },
    decimal: (amount, currency) => (amount / 10 ** digitsOf(currency)).toFixed(digitsOf(currency)),
    // The «г.» of a Russian date stays in the line of its year.
    date: (at) => date.format(new Date(at)).replace(/\s(?=г\.$)/, '\u00a0'),
    time: (at) => time.format(new Date(at)),
    number: (value) => number.format(value),
    country: (code) => country.of(code) ?? code,
    distance: (metres) => (metres < 1000 ? metre.format(metres) : kilometre.format(metres / 1000)),
    duration: (seconds) => `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`,
  }
}

function openMoney(tag: string, currency: string, digits: number): Intl.NumberFormat {
  const fraction = { minimumFractionDigits: digits, maximumFractionDigits: digits }
  try {
    return new Intl.NumberFormat(tag, {
      style: 'currency',
      currency,
      currencyDisplay: 'narrowSymbol',
      ...fraction,
    })
  } catch {
    return new Intl.NumberFormat(tag, fraction)
  }
}
