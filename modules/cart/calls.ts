import { Type } from 'typebox'
import { defineCall } from '#platform/calls'
import { Id, Nullable } from '#platform/schema'

const token = Type.String({ maxLength: 100 })
const lines = {
  version: Nullable(Type.String()),
  lines: Type.Array(Type.Object({ variant_id: Type.String(), quantity: Type.Integer() })),
  coupon: Nullable(Type.String()),
}

export const linesOfCall = defineCall({
  path: 'cart/lines-of',
  input: Type.Object({ user_id: Id, cart_token: Type.Optional(token) }),
  output: Type.Object(lines),
  repeat: 'Reads again. The cart of the guest is merged once.',
})

export const guestCartOfCall = defineCall({
  path: 'cart/guest-cart-of',
  input: Type.Object({ cart_token: token }),
  output: Type.Object({ id: Nullable(Type.String()), ...lines }),
  repeat: 'Reads again.',
})
