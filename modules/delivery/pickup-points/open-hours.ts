import type { Locale } from '#platform/values'

/** Days of the week, Monday is 1, and wall times of the point's time zone. */
export type OpenHours = Readonly<{ days: readonly number[]; opens: string; closes: string }>

const names = {
  ru: ['Пн', 'Вт', 'Ср', 'Чт', 'Пт', 'Сб', 'Вс'],
  en: ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'],
} as const satisfies Record<Locale, readonly string[]>

/** For people: `Mon–Fri 10:00–20:00, Sat 11:00–18:00`. */
export const spellHours = (hours: readonly OpenHours[], locale: Locale): string =>
  hours.map(({ days, opens, closes }) => `${spellDays(days, locale)} ${opens}–${closes}`).join(', ')

function spellDays(days: readonly number[], locale: Locale): string {
  const runs: [first: number, last: number][] = []
  for (const day of [...new Set(days)].toSorted((one, other) => one - other)) {
    const run = runs.at(-1)
    if (run && run[1] === day - 1) run[1] = day
    else runs.push([day, day])
  }
  const name = (day: number) => names[locale][day - 1]
  return runs.map(([first, last]) => (first === last ? name(first) : `${name(first)}–${name(last)}`)).join(', ')
}
