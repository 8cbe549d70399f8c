import { Type } from 'typebox'
import { defineEvent } from '#platform/events'
import { Id, Nullable, Time } from '#platform/schema'

export const cartAbandoned = defineEvent('cart.abandoned.v1', {
  description:
    'A cart with items has not changed for the time of CART_ABANDONED_AFTER. It is published again only after another change.',
  key: 'cart_id',
  payload: Type.Object({
    cart_id: Id,
    user_id: Nullable(Id),
    items: Type.Array(Type.Object({ variant_id: Id, quantity: Type.Integer({ minimum: 1 }) })),
    idle_since: Time,
  }),
})

export const cartEvents = [cartAbandoned]
