import { Type, type Static } from 'typebox'
import { Closed, Id, LocalizedText, named, Nullable, OneOf, type Shape, Text, Time } from '#platform/schema'
import { Pieces } from './schema.ts'

/** `expected`: outside the shop. `arrived`: the parcel is back, and staff have not counted its goods. */
const returnStates = ['expected', 'arrived', 'received'] as const
export const ReturnState = OneOf(returnStates)
export type ReturnState = Static<typeof ReturnState>

const sellable = Type.Integer({ ...Pieces, description: 'Pieces that go back on sale' })
const damaged = Type.Integer({ ...Pieces, description: 'Pieces that came back and cannot be sold' })
const lost = Type.Integer({ ...Pieces, description: 'Pieces that did not come back' })

/** How many pieces of a variant can be sold; the others are written off. */
export type ReturnCount = Readonly<{ variant_id: string; sellable: number; damaged: number; lost: number }>

export const ReceiveReturnBody = named(
  'ReceiveReturnBody',
  Closed({
    items: Type.Array(
      Closed({ variant_id: Id, sellable, damaged: Type.Optional(damaged), lost: Type.Optional(lost) }),
      { minItems: 1, maxItems: 1000, description: 'Every variant of the return once, with all of its pieces' },
    ),
    note: Type.Optional(Text(500, { minLength: 1 })),
  }),
)

const ReturnItem = Type.Object({
  variant_id: Id,
  product_id: Id,
  sku: Type.String(),
  name: LocalizedText,
  title: LocalizedText,
  pieces: Type.Integer({ description: 'Pieces that left the shop' }),
  sellable: Nullable(sellable),
  damaged: Nullable(damaged),
  lost: Nullable(lost),
})

export const ReturnView = named(
  'GoodsInReturn',
  Type.Object({
    order_id: Id,
    order_number: Nullable(Type.String()),
    state: ReturnState,
    expected_at: Type.String({ format: 'date-time', description: 'When the order was cancelled' }),
    arrived_at: Nullable(Time),
    received_at: Nullable(Time),
    received_by: Nullable(Id),
    note: Nullable(Type.String()),
    items: Type.Array(ReturnItem),
  }),
)
export type ReturnView = Shape<typeof ReturnView>

/** The member of the problem `pieces-differ`. */
export const PiecesDifferMembers = {
  items: Type.Array(Type.Object({ variant_id: Id, pieces: Type.Integer() }), {
    description: 'The pieces that the receipt must account for',
  }),
}
