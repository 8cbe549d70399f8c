import type { NewEvent } from '#platform/events'
import { basketCancelled, basketConfirmed } from '../events.ts'
import { windowOf, type PeriodTerms } from './delivery-window.ts'
import type { CancelledBasket, ConfirmedBasket } from './registry.ts'

export type { PeriodTerms }

type EventFacts = Readonly<{
  /** The id of the event. */
  id: string
  /** When the message was sent. */
  at: Date
  period: PeriodTerms
}>

/** The event of a message that this version knows. */
export function eventOf(message: ConfirmedBasket | CancelledBasket, { id, at, period: terms }: EventFacts): NewEvent {
  if (message.name === 'basket-cancelled')
    return basketCancelled({ order_id: message.order_id, reason: message.reason }, id)
  const { order_id, address, volume, period } = message
  const window = period && windowOf(period, at, terms)
  return basketConfirmed({ order_id, address, volume, ...(window && { window }) }, id)
}
