import { Type } from 'typebox'
import { Closed, Email, Id, MultilineText, named, Nullable, OneOf, type Shape, Text, Time } from '#platform/schema'
import { courierExample, pickupExample } from './examples.ts'
import { Address, DeliveryMethod, paymentMethods } from './schema.ts'

/** The most pieces of one item. A cart takes as many. */
export const maxPieces = 99
/** The most items of one request. A cart takes as many lines. */
export const maxLines = 100

const quantity = Type.Integer({ minimum: 1, maximum: maxPieces })

const Phone = Text(26, { pattern: '^\\+?[0-9 ()-]{5,25}$', description: '+7 912 345-67-89' })

/** How the shop reaches a guest. */
export const Contact = named(
  'Contact',
  Closed(
    { email: Type.Optional(Email), phone: Type.Optional(Phone) },
    { minProperties: 1, description: 'Required for a buyer without an account; an account has its own.' },
  ),
)
export type Contact = Shape<typeof Contact>

const request = {
  items: Type.Optional(
    Type.Array(Type.Union([Closed({ variant_id: Id, quantity }), Closed({ flower_id: Id, quantity })]), {
      minItems: 1,
      maxItems: maxLines,
      description:
        'The lines of the order. Without them the order takes the lines of the cart, and they leave the cart.',
    }),
  ),
  delivery_method: DeliveryMethod,
  payment_method: Type.Optional(OneOf(paymentMethods, { description: 'online when absent' })),
  pickup_point_id: Type.Optional(
    Type.String({ ...Id, description: 'An id from /delivery/pickup-points; the only point when absent' }),
  ),
  delivery_address: Type.Optional(Address),
  recipient_name: Type.Optional(Text(200, { minLength: 1 })),
  recipient_phone: Type.Optional(Phone),
  contact: Type.Optional(Contact),
  comment: Type.Optional(MultilineText(2000)),
  coupon: Type.Optional(
    Text(100, {
      minLength: 1,
      description:
        'The code of a coupon. An order is refused if the coupon gives no discount. Without a code, an order from the cart uses the coupon of the cart if it gives a discount.',
    }),
  ),
  expected_total: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: Number.MAX_SAFE_INTEGER,
      description: 'The total that the customer saw, after discounts and including the delivery, in minor units.',
    }),
  ),
}
const examples = { 'x-examples': { courier: { value: courierExample }, pickup: { value: pickupExample } } }

export const PlaceOrderBody = named('PlaceOrderBody', Closed({ id: Type.Optional(Id), ...request }, examples))
export type PlaceOrderBody = Shape<typeof PlaceOrderBody>

/** A guest orders this cart. After signing in it is merged into the account's before the order takes its lines. */
export const PlaceOrderHeaders = Type.Object({
  'x-cart-token': Type.Optional(Text(100, { description: 'The cart_token of the cart that you filled as a guest.' })),
})

export const ChangeOrderBody = named(
  'ChangeOrderBody',
  Closed(
    {
      items: Type.Optional(
        Type.Array(Closed({ variant_id: Id, quantity }), {
          minItems: 1,
          maxItems: maxLines,
          description: 'All goods of the order after the edit',
        }),
      ),
      delivery_address: Type.Optional(Address),
      recipient_name: Type.Optional(Text(200, { minLength: 1 })),
      recipient_phone: Type.Optional(Phone),
      contact: Type.Optional(Contact),
      comment: Type.Optional(MultilineText(2000)),
      expected_total: request.expected_total,
      revision: Type.Optional(
        Type.Integer({ minimum: 1, maximum: 1_000_000, description: 'The revision that you have read' }),
      ),
    },
    { minProperties: 1 },
  ),
)

const { expected_total, ...draftFields } = request

/** The fields of an order that staff type in for a buyer. Any of them may be missing until the draft is placed. */
export const DraftContent = named(
  'DraftContent',
  Closed({ ...draftFields, delivery_method: Type.Optional(DeliveryMethod) }),
)
export type DraftContent = Shape<typeof DraftContent>

const version = Type.String({ ...Id, description: 'The version that you have read' })
export const SaveDraftBody = named('SaveDraftBody', Closed({ content: DraftContent, version: Type.Optional(version) }))
export const DraftView = named(
  'OrderDraft',
  Type.Object({
    id: Id,
    content: DraftContent,
    version: Type.String({ ...Id, description: 'Changes with the content' }),
    user_id: Nullable(Type.String({ ...Id, description: 'The member of staff who saved it last; null for a program' })),
    order_id: Nullable(Type.String({ ...Id, description: 'The order that it became' })),
    created_at: Time,
    updated_at: Time,
  }),
)
export type DraftView = Shape<typeof DraftView>
export const PlaceDraftBody = named('PlaceDraftBody', Closed({ version, expected_total }))

/** The body of a PUT: the id is in the path. */
export const PlaceOrderWithIdBody = named('PlaceOrderWithIdBody', Closed(request, examples))
