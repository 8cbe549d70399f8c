import type { Routes } from '#platform/http'
import { present } from '../cart-view.ts'
import type { OwnerOf } from '../owner.ts'
import { CartHeaders, CartView } from '../schema.ts'
import type { ShowCart } from '../store.ts'
import type { EmptyCart } from './empty-cart.ts'

const schema = { tags: ['cart'], summary: 'Empties the cart', headers: CartHeaders, response: { 200: CartView } }

export const emptyCartRoute =
  (emptyCart: EmptyCart, showCart: ShowCart, ownerOf: OwnerOf): Routes =>
  (http) => {
    http.delete('/cart', { schema, config: { access: 'anyone' } }, async (request) => {
      const owner = await ownerOf(request)
      await emptyCart(owner)
      return present(await showCart(owner), request.locale)
    })
  }
