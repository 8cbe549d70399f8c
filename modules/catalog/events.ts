import { Type } from 'typebox'
import { defineEvent } from '#platform/events'
import { Id } from '#platform/schema'

export const productCreated = defineEvent('catalog.product-created.v1', {
  description: 'Staff added a product.',
  key: 'product_id',
  payload: Type.Object({ product_id: Id, type: Type.String(), name: Type.String() }),
})

export const productUpdated = defineEvent('catalog.product-updated.v1', {
  description: 'Staff changed a product, its variants or its texts.',
  key: 'product_id',
  payload: Type.Object({ product_id: Id }),
})

export const productDeactivated = defineEvent('catalog.product-deactivated.v1', {
  description: 'A product is no longer sold.',
  key: 'product_id',
  payload: Type.Object({ product_id: Id }),
})

export const productDeleted = defineEvent('catalog.product-deleted.v1', {
  description: 'Staff deleted a product that no order has; the catalog has deleted everything about it.',
  key: 'product_id',
  payload: Type.Object({ product_id: Id }),
})

export const variantStockChanged = defineEvent('catalog.variant-stock-changed.v1', {
  description: 'Pieces arrived, were sold or corrected; or an order held the last free piece, or freed the first.',
  key: 'variant_id',
  payload: Type.Object({
    variant_id: Id,
    product_id: Id,
    on_hand: Type.Integer(),
    reserved: Type.Integer(),
    stock_quantity: Type.Integer(),
  }),
})

export const holdExpired = defineEvent('catalog.hold-expired.v1', {
  description: 'The hold of an order expired before the catalog knew of a payment; its stock is free again.',
  key: 'order_id',
  payload: Type.Object({ order_id: Id }),
})

export const holdLost = defineEvent('catalog.hold-lost.v1', {
  description:
    'An order was paid or accepted after its hold had expired, and its products have sold out in the meantime.',
  key: 'order_id',
  payload: Type.Object({ order_id: Id }),
})

const pieces = Type.Integer({ minimum: 0 })

export const returnReceived = defineEvent('catalog.return-received.v1', {
  description:
    'Staff counted the goods of a cancelled order whose parcel had left the shop: sellable pieces are on hand again.',
  key: 'order_id',
  payload: Type.Object({
    order_id: Id,
    items: Type.Array(Type.Object({ variant_id: Id, sellable: pieces, damaged: pieces, lost: pieces })),
  }),
})

export const catalogEvents = [
  productCreated,
  productUpdated,
  productDeactivated,
  productDeleted,
  variantStockChanged,
  holdExpired,
  holdLost,
  returnReceived,
]
