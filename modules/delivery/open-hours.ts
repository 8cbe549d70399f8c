import type { Locale } from '#platform/values'
import type { OpenHours } from './schema.ts'

const names = {
  ru: ['Пн', 'Вт', 'Ср', 'Чт', 'Пт', 'Сб', 'Вс'],
  en: ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'],
} as const satisfies Record<Locale, readonly string[]>

/** Formats hours for people: `Mon–Fri 10:00–20:00, Sat 11:00–18:00`. */
export const formatHours = (hours: readonly OpenHours[], locale: Locale): string =>
  hours.map(({ days, opens, closes }) => `${formatDays(days, locale)} ${opens}–${closes}`).join(', ')

function formatDays(days: readonly number[], locale: Locale): string {
  const ranges: [first: number, last: number][] = []
  for (const day of [...new Set(days)].toSorted((one, other) => one - other)) {
    const range = ranges.at(-1)
    if (range && range[1] === day - 1) range[1] = day
    else ranges.push([day, day])
  }
  const name = (day: number) => names[locale][day - 1]
  return ranges.map(([first, last]) => (first === last ? name(first) : `${name(first)}–${name(last)}`)).join(', ')
}
