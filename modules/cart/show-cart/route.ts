import type { Routes } from '#platform/http'
import { present } from '../cart-view.ts'
import type { OwnerOf } from '../owner.ts'
import { CartHeaders, CartView } from '../schema.ts'
import type { ShowCart } from '../store.ts'

const schema = {
  tags: ['cart'],
  summary: "The caller's cart at today's prices",
  headers: CartHeaders,
  response: { 200: CartView },
}

export const showCartRoute =
  (showCart: ShowCart, ownerOf: OwnerOf): Routes =>
  (http) => {
    http.get('/cart', { schema, config: { access: 'anyone' } }, async (request) =>
      present(await showCart(await ownerOf(request)), request.locale),
    )
  }
