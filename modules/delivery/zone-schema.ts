import { Type, type Static } from 'typebox'
import { Address, DeliveryMethod, maxLines, maxPieces } from '#ordering/events'
import {
  Amount,
  Closed,
  Currency,
  Id,
  KnownCurrency,
  named,
  Nullable,
  OneOf,
  type Shape,
  Text,
  Time,
} from '#platform/schema'
import { CheckedAtOrder, couponReasons } from '#promotions/api'
import { bothLanguages } from './schema.ts'

const sum = (description: string) => Type.Integer({ minimum: 1, maximum: 99_000_000_000_000, description })
const time = (description: string) => Type.Integer({ minimum: 0, maximum: 525_600, description })

const zone = {
  name: bothLanguages(200),
  places: Type.Array(Text(200, { minLength: 1 }), {
    maxItems: 1000,
    description:
      'Towns, regions and postcodes. An address is in the zone by its town as a whole, not by the name of a street.',
  }),
  lat: Nullable(Type.Number({ minimum: -90, maximum: 90, description: 'The latitude of the centre of a circle' })),
  lng: Nullable(Type.Number({ minimum: -180, maximum: 180 })),
  radius_m: Nullable(
    Type.Integer({
      minimum: 1,
      maximum: 20_000_000,
      description:
        'Metres. Without places, coordinates in the circle are in the zone; with places, they must not lie outside',
    }),
  ),
  fee: Type.Integer({ minimum: 0, maximum: 10_000_000_000, description: 'Minor units' }),
  currency: KnownCurrency,
  minimum_total: Nullable(sum('Couriers do not deliver goods for less')),
  free_from: Nullable(sum('Delivery is free for goods from this sum')),
  earliest_minutes: Nullable(time('Minutes from the order to its delivery')),
  latest_minutes: Nullable(time('Minutes from the order to its delivery')),
  position: Type.Integer({
    minimum: 0,
    maximum: 10_000,
    description: 'Of two zones that contain an address, the one with the lower position applies',
  }),
  is_active: Type.Boolean(),
}

const { name: zoneName, fee: zoneFee, ...optional } = zone
export const CreateZoneBody = named(
  'CreateDeliveryZoneBody',
  Closed({
    id: Type.Optional(Id),
    name: zoneName,
    fee: zoneFee,
    ...Type.Partial(Type.Object(optional)).properties,
  }),
)
export type CreateZoneBody = Shape<typeof CreateZoneBody>

export const ChangeZoneBody = named(
  'ChangeDeliveryZoneBody',
  Type.Partial(Closed(zone), { additionalProperties: false, minProperties: 1 }),
)
export type ChangeZoneBody = Shape<typeof ChangeZoneBody>

export const ZoneView = named('DeliveryZone', Type.Object({ id: Id, ...zone, currency: Currency }))
export type ZoneView = Static<typeof ZoneView>
/** A zone as buyers see it: what an address needs to be in it, and what it costs there. */
export const PublicZoneView = named(
  'PublicDeliveryZone',
  Type.Object({
    id: Id,
    name: Type.String(),
    needs: OneOf(['city', 'postcode', 'point'], {
      description: 'The part of an address by which it is in the zone; `point` is its `lat` and `lng`',
    }),
    circle: Nullable(
      Type.Object({ lat: Type.Number(), lng: Type.Number(), radius_m: Type.Integer({ description: 'Metres' }) }),
    ),
    fee: zone.fee,
    currency: Currency,
    minimum_total: zone.minimum_total,
    free_from: zone.free_from,
  }),
)
export type PublicZoneView = Static<typeof PublicZoneView>
/** The zones that a list has at most. */
export const maxZones = 500

export const PublicZoneList = Type.Object({ items: Type.Array(PublicZoneView, { maxItems: maxZones }) })

export const ZoneList = Type.Object({ items: Type.Array(ZoneView, { maxItems: maxZones }) })

/** Why a method is not available. */
const methodReasons = [
  'method-unavailable',
  'no-pickup-point',
  'address-missing',
  'address-not-served',
  'below-delivery-minimum',
] as const

export const QuoteDeliveryBody = named(
  'QuoteDeliveryBody',
  Closed({
    address: Type.Optional(Address),
    lines: Type.Array(Closed({ variant_id: Id, quantity: Type.Integer({ minimum: 1, maximum: maxPieces }) }), {
      minItems: 1,
      maxItems: maxLines,
    }),
    coupon: Type.Optional(Text(100, { minLength: 1 })),
  }),
)

export const QuoteDeliveryHeaders = Type.Object({
  'x-cart-token': Type.Optional(
    Text(100, { description: 'The cart_token of a guest: a coupon of this cart is no guess.' }),
  ),
})

const QuotedMethod = named(
  'QuotedDeliveryMethod',
  Type.Object({
    method: DeliveryMethod,
    available: Type.Boolean(),
    reason: Nullable(OneOf(methodReasons, { description: 'Why it is not available' })),
    minimum_total: Nullable(
      Type.Integer({ description: 'The least sum of the goods; only with below-delivery-minimum' }),
    ),
    price: Nullable(
      Type.Integer({ minimum: 0, description: 'The fee, before `delivery_discount`; null when not available' }),
    ),
    discount_amount: Nullable(Type.Integer({ minimum: 0, description: 'All discounts on the order' })),
    delivery_discount: Nullable(
      Type.Integer({ minimum: 0, description: 'The part of `discount_amount` that reduces the fee' }),
    ),
    discounts: Type.Array(
      named(
        'QuotedDiscount',
        Type.Object({
          promotion_id: Id,
          code: Nullable(Type.String({ description: 'The code of the coupon; null without one' })),
          name: Type.String(),
          amount: Type.Integer({ minimum: 0 }),
          is_checked_at_order: CheckedAtOrder,
        }),
      ),
      { description: 'The discounts of which `discount_amount` is the sum' },
    ),
    total_amount: Nullable(Type.Integer({ minimum: 0, description: 'What the order costs: its `expected_total`' })),
    coupon_reason: Nullable(
      OneOf([...couponReasons, 'too-many-coupons'], {
        description:
          'Why the coupon gives no discount. `too-many-coupons`: the shop did not look it up, because too many unknown codes came from this account or network.',
      }),
    ),
    free_from: Nullable(Type.Integer({ description: 'Delivery is free for goods from this sum' })),
    window: Nullable(Type.Object({ from: Time, to: Time })),
  }),
)
export type QuotedMethod = Shape<typeof QuotedMethod>

export const DeliveryQuote = named(
  'DeliveryQuote',
  Type.Object({ items_amount: Amount, currency: Currency, methods: Type.Array(QuotedMethod) }),
)
