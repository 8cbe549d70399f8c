import type { Locale, Localized } from '#platform/values'
import { formatHours } from './open-hours.ts'
import type { OpenHours, PickupPointView } from './schema.ts'

export type PickupPoint = Readonly<{
  id: string
  name: Localized
  address: Localized
  hours: readonly OpenHours[]
  timezone: string
}>

/** A pickup point for customers, in their language. */
export const pickupPointViewOf = (
  { name, address, hours, ...point }: PickupPoint,
  locale: Locale,
): PickupPointView => ({
  ...point,
  name: name[locale],
  address: address[locale],
  hours: [...hours],
  hours_text: formatHours(hours, locale),
})
