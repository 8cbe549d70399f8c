import type { Routes } from '#platform/http'
import { CartAnswer, CartHeaders, present, type HolderOf } from '../cart-answer.ts'
import type { ShowCart } from '../carts.ts'
import type { EmptyCart } from './empty-cart.ts'

const schema = { tags: ['cart'], summary: 'Empties the cart', headers: CartHeaders, response: { 200: CartAnswer } }

export const emptyCartRoute =
  (emptyCart: EmptyCart, showCart: ShowCart, holderOf: HolderOf): Routes =>
  (http) => {
    http.delete('/cart', { schema, config: { access: 'anyone' } }, async (request) => {
      const holder = await holderOf(request)
      await emptyCart(holder)
      return present(await showCart(holder), request.locale)
    })
  }
