import { Type } from 'typebox'
import { defineCall } from '#platform/calls'
import { Id, Nullable } from '#platform/schema'
import { seconds } from '#platform/values'
import { shipmentRequested } from './events.ts'

export const stateOfCall = defineCall({
  path: 'ordering/state-of',
  input: Type.Object({ order_id: Id }),
  output: Type.Union([
    Type.Object({ kind: Type.Literal('shippable'), shipment: shipmentRequested.payload }),
    Type.Object({ kind: Type.Literal('unpaid') }),
    Type.Object({ kind: Type.Literal('closed') }),
    Type.Object({ kind: Type.Literal('not-found'), what: Type.String() }),
  ]),
  repeat: 'Reads again.',
})

export const purchaseOfCall = defineCall({
  path: 'ordering/purchase-of',
  input: Type.Object({ user_id: Id, product_id: Id }),
  output: Type.Object({ purchase: Type.Union([Type.Object({ order_id: Id }), Type.Null()]) }),
  repeat: 'Reads again.',
})

export const exportOrdersCall = defineCall({
  path: 'ordering/export-orders',
  input: Type.Object({ user_id: Id }),
  output: Type.Object({ orders: Type.Array(Type.Object({}, { additionalProperties: true })) }),
  repeat: 'Reads again.',
  timeLimit: seconds(15),
})

export const hasOrderedCall = defineCall({
  path: 'ordering/has-ordered',
  input: Type.Object({ user_id: Nullable(Id), email: Nullable(Type.String({ maxLength: 254 })) }),
  output: Type.Object({ hasOrdered: Type.Boolean() }),
  repeat: 'Reads again.',
})

export const promotionsOfCall = defineCall({
  path: 'ordering/promotions-of',
  input: Type.Object({ order_ids: Type.Array(Id, { maxItems: 1000 }) }),
  output: Type.Object({
    orders: Type.Array(Type.Object({ order_id: Type.String(), promotion_ids: Type.Array(Type.String()) })),
  }),
  repeat: 'Reads again.',
})
