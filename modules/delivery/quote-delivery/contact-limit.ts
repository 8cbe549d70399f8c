import { LRUCache } from 'lru-cache'
import { openLimiter, type Rates } from '#platform/limits'
import { minutes, type Clock } from '#platform/values'

/** How the shop reaches a guest. */
export type Contact = Readonly<{ email?: string; phone?: string }>

/** True when a quote may depend on the orders of this contact. `address`: the network address of the caller. */
export type ContactLimit = (contact: Contact, address: string) => boolean

/**
 * Limits the contacts with which one caller asks for quotes to the rate of orders: a price shows whether a contact has
 * ordered before, and an order shows that too. A contact counts once while its address is typed.
 */
export function contactLimit(rates: Rates, now: Clock): ContactLimit {
  const limiter = openLimiter(rates, { name: 'quotes', now: () => now().getTime() })
  const counted = new LRUCache<string, true>({ max: 10_000, ttl: minutes(10) })
  return ({ email, phone }, address) => {
    if (email === undefined && phone === undefined) return false
    const key = JSON.stringify([address, email, phone])
    if (counted.has(key)) return true
    if (limiter.take('checkout', address)?.granted === false) return false
    counted.set(key, true)
    return true
  }
}
