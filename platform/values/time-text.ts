import { days, hours, minutes, seconds } from './clock.ts'
import type { Locale } from './locale.ts'

const units = [
  { unit: 'day', length: days(1) },
  { unit: 'hour', length: hours(1) },
  { unit: 'minute', length: minutes(1) },
] as const

/** A length of time in milliseconds for people, in its largest whole unit: `15 minutes`, `15 минут`. */
export function timeText(milliseconds: number, locale: Locale): string {
  const whole = units.find(({ length }) => milliseconds % length === 0)
  const { unit, length } = whole ?? { unit: 'second', length: seconds(1) }
  return new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'long' }).format(milliseconds / length)
}
