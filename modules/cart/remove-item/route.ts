import type { Routes } from '#platform/http'
import { CartAnswer, CartHeaders, present, VariantParams, type HolderOf } from '../cart-answer.ts'
import type { ShowCart } from '../carts.ts'
import type { RemoveItem } from './remove-item.ts'

const schema = {
  tags: ['cart'],
  summary: 'Takes a variant out of the cart',
  headers: CartHeaders,
  params: VariantParams,
  response: { 200: CartAnswer },
}

export const removeItemRoute =
  (removeItem: RemoveItem, showCart: ShowCart, holderOf: HolderOf): Routes =>
  (http) => {
    http.delete('/cart/items/:variant_id', { schema, config: { access: 'anyone' } }, async (request) => {
      const holder = await holderOf(request)
      await removeItem(holder, request.params.variant_id)
      return present(await showCart(holder), request.locale)
    })
  }
