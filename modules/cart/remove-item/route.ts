import type { Routes } from '#platform/http'
import { cartViewOf, type ShowCart } from '../cart-view.ts'
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

type Needs = Readonly<{ removeItem: RemoveItem; showCart: ShowCart; ownerOf: OwnerOf }>

export const removeItemRoute =
  ({ removeItem, showCart, ownerOf }: Needs): Routes =>
  (http) => {
    http.delete('/cart/items/:variant_id', { schema, config: { access: 'anyone' } }, async (request) => {
      const owner = await ownerOf(request)
      await removeItem(owner, request.params.variant_id)
      return cartViewOf(await showCart(owner), request.locale)
    })
  }
