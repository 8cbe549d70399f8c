import type { Routes } from '#platform/http'
import { CartAnswer, CartHeaders, present, type HolderOf } from '../cart-answer.ts'
import type { ShowCart } from '../carts.ts'

const schema = {
  tags: ['cart'],
  summary: "The caller's cart at today's prices",
  headers: CartHeaders,
  response: { 200: CartAnswer },
}

export const showCartRoute =
  (showCart: ShowCart, holderOf: HolderOf): Routes =>
  (http) => {
    http.get('/cart', { schema, config: { access: 'anyone' } }, async (request) =>
      present(await showCart(await holderOf(request)), request.locale),
    )
  }
