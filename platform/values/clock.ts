/** Returns the current time. Decisions take the time as an argument; only the composition root has a clock. */
export type Clock = () => Date

export const systemClock: Clock = () => new Date()

export const seconds = (count: number): number => count * 1000
export const minutes = (count: number): number => count * 60_000
export const hours = (count: number): number => count * 3_600_000
export const days = (count: number): number => count * 86_400_000

/** The moment that lies `milliseconds` after `moment`. */
export const after = (moment: Date, milliseconds: number): Date => new Date(moment.getTime() + milliseconds)

const latestMoment = Date.UTC(2200)

/**
 * The moment of an RFC 3339 text; a leap second is the last millisecond before its end. Undefined outside of the years 1970 to
 * 2199, where JavaScript and PostgreSQL read different moments or none.
 */
export function momentOf(text: string): Date | undefined {
  const moment = new Date(text.replace(/:60(\.\d+)?(?=[Zz+-])/, ':59.999'))
  return moment.getTime() >= 0 && moment.getTime() < latestMoment ? moment : undefined
}
