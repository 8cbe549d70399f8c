import { Type } from 'typebox'
import { defineCall } from '#platform/calls'
import { Id } from '#platform/schema'
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

export const exportOrdersCall = defineCall({
  path: 'ordering/export-orders',
  input: Type.Object({ user_id: Id }),
  output: Type.Object({ orders: Type.Array(Type.Object({}, { additionalProperties: true })) }),
  repeat: 'Reads again.',
  timeLimit: seconds(15),
})
