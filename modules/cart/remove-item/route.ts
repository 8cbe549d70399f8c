import type { Routes } from '#platform/http'
import { cartViewOf } from '../cart-view.ts'
import type { OwnerOf } from '../owner.ts'
import { CartHeaders, CartView, VariantParams } from '../schema.ts'
import type { RemoveItem } from './remove-item.ts'

const schema = {
  tags: ['cart'],
  summary: 'Remove a variant from your cart',
  headers: CartHeaders,
  params: VariantParams,
  response: { 200: CartView },
}

type Needs = Readonly<{ removeItem: RemoveItem; ownerOf: OwnerOf }>

export const removeItemRoute =
  ({ removeItem, ownerOf }: Needs): Routes =>
  (http) => {
    http.delete('/cart/items/:variant_id', { schema, config: { access: 'anyone' } }, async (request) => {
      const cart = await removeItem(await ownerOf(request), request.params.variant_id)
      return cartViewOf(cart, request.locale)
    })
  }
