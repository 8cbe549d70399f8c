import { Type } from 'typebox'
import { defineEvent } from '#platform/events'

const Id = Type.String({ format: 'uuid' })

export const productCreated = defineEvent('catalog.product-created.v1', {
  description: 'Staff added a product.',
  key: 'product_id',
  payload: Type.Object({ product_id: Id, type: Type.String(), name: Type.String() }),
})

export const productUpdated = defineEvent('catalog.product-updated.v1', {
  description: 'A product, its variants or its texts changed.',
  key: 'product_id',
  payload: Type.Object({ product_id: Id }),
})

export const productDeactivated = defineEvent('catalog.product-deactivated.v1', {
  description: 'A product is no longer sold.',
  key: 'product_id',
  payload: Type.Object({ product_id: Id }),
})

export const variantStockChanged = defineEvent('catalog.variant-stock-changed.v1', {
  description: 'Pieces came in, went out or were corrected, or the last free piece was held or came free.',
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
  description: 'The hold of an order ran out before the order was paid; its stock is free again.',
  key: 'order_id',
  payload: Type.Object({ order_id: Id }),
})

export const catalogEvents = [productCreated, productUpdated, productDeactivated, variantStockChanged, holdExpired]
