import { Type, type Static } from 'typebox'
import { Id, named, Nullable, OneOf, Time } from '#platform/schema'

export const alertKinds = ['back_in_stock', 'price_drop'] as const
export const AlertKind = OneOf(alertKinds)
export type AlertKind = Static<typeof AlertKind>

export const AlertView = named(
  'VariantAlert',
  Type.Object({
    variant_id: Id,
    kind: AlertKind,
    price: Nullable(Type.Integer({ description: 'The e-mail is sent when the variant costs less than this' })),
    created_at: Time,
  }),
)

export const AlertParams = Type.Object({ id: Id, kind: AlertKind })
