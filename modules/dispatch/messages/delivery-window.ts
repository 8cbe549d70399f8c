/** How the senders of baskets count the times of a day, and where that day is. */
export type PeriodTerms = Readonly<{ unit: 'hours' | 'minutes'; zone: string }>

type Period = Readonly<{ from: number; to: number }>
type DeliveryWindow = Readonly<{ from: string; to: string }>

const minutesPerDay = 24 * 60

/**
 * The next time of a delivery period that has not ended at `at`: today or tomorrow. A period whose end is not after its
 * beginning ends on the next day. Undefined when the numbers are no times of a day: no contract says what they mean then,
 * and an order must not be lost for them.
 */
export function windowOf(period: Period, at: Date, { unit, zone }: PeriodTerms): DeliveryWindow | undefined {
  const perUnit = unit === 'hours' ? 60 : 1
  const [from, to] = [period.from * perUnit, period.to * perUnit]
  if (from < 0 || from >= minutesPerDay || to <= 0 || to > minutesPerDay || from === to) return undefined
  const now = Temporal.Instant.fromEpochMilliseconds(at.getTime())
  const today = now.toZonedDateTimeISO(zone).toPlainDate()
  for (const days of [-1, 0, 1]) {
    const day = today.add({ days })
    const end = timeOf(to < from ? day.add({ days: 1 }) : day, to, zone)
    if (Temporal.Instant.compare(end, now) > 0) return { from: rfc3339(timeOf(day, from, zone)), to: rfc3339(end) }
  }
  return undefined
}

/** A wall time, also on a day on which clocks change. */
const timeOf = (day: Temporal.PlainDate, minutes: number, timeZone: string): Temporal.Instant =>
  day
    .add({ days: Math.floor(minutes / minutesPerDay) })
    .toZonedDateTime({
      timeZone,
      plainTime: Temporal.PlainTime.from('00:00').add({ minutes: minutes % minutesPerDay }),
    })
    .toInstant()

const rfc3339 = (instant: Temporal.Instant): string => new Date(instant.epochMilliseconds).toISOString()
