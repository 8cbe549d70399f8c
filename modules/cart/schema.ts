import { Type } from 'typebox'
import { maxPieces } from '#ordering/events'
import { Amount, Closed, Currency, Id, named, Nullable, OneOf, Text, type Shape } from '#platform/schema'
import { CheckedAtOrder, couponReasons } from '#promotions/api'
import { addItemExample, cartExample } from './examples.ts'

/** Ordering owns the limits: a cart takes no more than one order. */
export { maxLines, maxPieces } from '#ordering/events'

const Quantity = Type.Integer({ minimum: 1, maximum: maxPieces })

const Line = Type.Object({ variant_id: Id, quantity: Quantity })
export type Line = Shape<typeof Line>

const Item = named(
  'CartItem',
  Type.Object({
    ...Line.properties,
    product_id: Id,
    slug: Type.String(),
    title: Type.String(),
    image: Nullable(Type.String()),
    price: Amount,
    currency: Currency,
    line_total: Type.Integer({ minimum: 0, description: 'The sum of all pieces, before the discount' }),
    discount_amount: Type.Integer({ minimum: 0, description: 'The discount on all pieces' }),
    available: Nullable(Type.Integer({ description: 'Pieces in stock; null where stock is not counted.' })),
    insufficient_stock: Type.Boolean({ description: 'Fewer pieces are in stock than in the cart.' }),
  }),
)

/** A cart at today's prices, in one language. */
export const CartView = named(
  'Cart',
  Type.Object(
    {
      items: Type.Array(Item),
      totals: Type.Array(
        Type.Object({
          items_amount: Type.Integer({ minimum: 0, description: 'Before discounts' }),
          discount_amount: Amount,
          total_amount: Type.Integer({ minimum: 0, description: 'After discounts, without the delivery' }),
          currency: Currency,
        }),
        { description: 'One per currency. Only a cart with one currency has discounts.' },
      ),
      pieces: Type.Integer(),
      coupon: Nullable(
        Type.Object({
          code: Type.String(),
          reason: Nullable(
            OneOf(couponReasons, { description: 'Why the coupon gives no discount; null when it gives one.' }),
          ),
        }),
      ),
      discounts: Type.Array(
        named(
          'CartDiscount',
          Type.Object({
            promotion_id: Id,
            code: Nullable(
              Type.String({ description: 'The code of the coupon; null when the promotion applies by itself.' }),
            ),
            name: Type.String(),
            amount: Type.Integer({ minimum: 0, description: '0 for free delivery, whose fee depends on the address' }),
            is_checked_at_order: CheckedAtOrder,
          }),
        ),
      ),
      free_delivery: Type.Boolean({ description: 'A promotion pays for the delivery.' }),
      cart_token: Nullable(Type.String({ description: 'A guest sends it back as X-Cart-Token.' })),
    },
    { examples: [cartExample] },
  ),
)
export type CartView = Shape<typeof CartView>

export const CartHeaders = Type.Object({
  'x-cart-token': Type.Optional(Text(100, { description: "A guest's cart_token." })),
})
export const VariantParams = Type.Object({ variant_id: Id })

export const AddItemBody = named('AddItemBody', Closed(Line.properties, { examples: [addItemExample] }))
export const ChangeItemBody = named('ChangeItemBody', Closed({ quantity: Quantity }))
export const MergeCartsBody = named('MergeCartsBody', Closed({ cart_token: Text(100, { minLength: 1 }) }))
export const ApplyCouponBody = named('ApplyCouponBody', Closed({ code: Text(100, { minLength: 1 }) }))
