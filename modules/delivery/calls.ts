import { Type } from 'typebox'
import { defineCall } from '#platform/calls'
import { Amount, Id, Nullable, OneOf } from '#platform/schema'
import { Address } from '#ordering/events'
import { ShipmentView } from './schema.ts'

const reasons = ['no-pickup-point', 'pickup-point-missing', 'pickup-point-unavailable'] as const

export const choosePickupPointCall = defineCall({
  path: 'delivery/choose-pickup-point',
  input: Type.Object({ pickup_point_id: Nullable(Id) }),
  output: Type.Union([
    Type.Object({ kind: Type.Literal('chosen'), pickup_point_id: Type.String() }),
    Type.Object({ kind: Type.Literal('refused'), reason: OneOf(reasons) }),
  ]),
  repeat: 'Chooses again.',
})

export const shipmentOfCall = defineCall({
  path: 'delivery/shipment-of',
  input: Type.Object({ order_id: Id }),
  output: Type.Union([
    Type.Object({ kind: Type.Literal('found'), shipment: ShipmentView }),
    Type.Object({ kind: Type.Literal('not-found'), what: Type.String() }),
  ]),
  repeat: 'Reads again.',
})

export const feeOfCall = defineCall({
  path: 'delivery/fee-of',
  input: Type.Object({ delivery_address: Address, items_amount: Amount, currency: Type.String({ maxLength: 3 }) }),
  output: Type.Union([
    Type.Object({ kind: Type.Literal('quoted'), fee: Type.Integer() }),
    Type.Object({ kind: Type.Literal('refused'), reason: Type.Literal('address-not-served') }),
    Type.Object({
      kind: Type.Literal('refused'),
      reason: Type.Literal('below-delivery-minimum'),
      minimum_total: Type.Integer(),
      currency: Type.String(),
    }),
  ]),
  repeat: 'Reads again.',
})
