import { Type } from 'typebox'
import { defineCall } from '#platform/calls'
import { Id, Nullable } from '#platform/schema'

export const linesOfCall = defineCall({
  path: 'cart/lines-of',
  input: Type.Object({ user_id: Id, cart_token: Type.Optional(Type.String({ maxLength: 100 })) }),
  output: Type.Object({
    version: Nullable(Type.String()),
    lines: Type.Array(Type.Object({ variant_id: Type.String(), quantity: Type.Integer() })),
  }),
  repeat: "Reads again. The guest's cart is merged once.",
})
