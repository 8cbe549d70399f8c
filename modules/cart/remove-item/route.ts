import type { Routes } from '#platform/http'
import { present } from '../cart-view.ts'
import type { OwnerOf } from '../owner.ts'
import { CartHeaders, CartView, VariantParams } from '../schema.ts'
import type { ShowCart } from '../store.ts'
import type { RemoveItem } from './remove-item.ts'

const schema = {
  tags: ['cart'],
  summary: 'Removes a variant from the cart',
  headers: CartHeaders,
  params: VariantParams,
  response: { 200: CartView },
}

export const removeItemRoute =
  (removeItem: RemoveItem, showCart: ShowCart, ownerOf: OwnerOf): Routes =>
  (http) => {
    http.delete('/cart/items/:variant_id', { schema, config: { access: 'anyone' } }, async (request) => {
      const owner = await ownerOf(request)
      await removeItem(owner, request.params.variant_id)
      return present(await showCart(owner), request.locale)
    })
  }
