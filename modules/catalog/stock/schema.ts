import { Type, type Static } from 'typebox'
import { Closed, Id, named, Nullable, OneOf, type Shape, Text, Time } from '#platform/schema'

/** `track` counts pieces; an `untracked` variant never runs out. */
const stockPolicies = ['track', 'untracked'] as const
export const StockPolicy = OneOf(stockPolicies)
export type StockPolicy = Static<typeof StockPolicy>

/** `in_return`: the goods of a cancelled order are outside the shop; `returned`: those of them that can be sold are back. */
const movementKinds = ['opening', 'correction', 'sale', 'in_return', 'returned'] as const
export const MovementKind = OneOf(movementKinds)
export type MovementKind = Static<typeof MovementKind>

/** `released` and `expired` are tombstones: a late call for that order holds nothing. `in_return`: its goods are a return. */
const holdStates = ['held', 'firm', 'released', 'expired', 'sold', 'in_return'] as const
export type HoldState = (typeof holdStates)[number]

/** The most pieces of a variant that may be on hand; a CHECK says the same. */
export const maxOnHand = 1_000_000_000

export const Pieces = Type.Integer({ minimum: 0, maximum: maxOnHand })

export const CorrectStockBody = named(
  'CorrectStockBody',
  Closed({
    delta: Type.Integer({ minimum: -1_000_000_000, maximum: 1_000_000_000 }),
    reason: Text(500, { minLength: 1 }),
    expected_on_hand: Type.Optional(
      Type.Integer({
        ...Pieces,
        description: 'The pieces on hand that you started from; refused if their number has changed',
      }),
    ),
  }),
)
export type CorrectStockBody = Shape<typeof CorrectStockBody>

export const CorrectedStock = named(
  'CorrectedStock',
  Type.Object({
    movement_id: Id,
    variant_id: Id,
    on_hand: Type.Integer(),
    reserved: Type.Integer(),
    stock_quantity: Type.Integer({ description: 'Free pieces: `on_hand` minus `reserved`' }),
  }),
)
export type CorrectedStock = Shape<typeof CorrectedStock>

export const StockMovement = named(
  'StockMovement',
  Type.Object({
    id: Id,
    kind: MovementKind,
    delta: Type.Integer(),
    reason: Type.String(),
    order_id: Nullable(Id),
    user_id: Nullable(Id),
    moved_at: Time,
  }),
)
export type StockMovement = Shape<typeof StockMovement>
