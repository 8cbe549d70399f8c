import type { Routes } from '#platform/http'
import { cartViewOf, type ShowCart } from '../cart-view.ts'
import type { OwnerOf } from '../owner.ts'
import { CartHeaders, CartView } from '../schema.ts'
import type { EmptyCart } from './empty-cart.ts'

const schema = { tags: ['cart'], summary: 'Empty your cart', headers: CartHeaders, response: { 200: CartView } }

type Needs = Readonly<{ emptyCart: EmptyCart; showCart: ShowCart; ownerOf: OwnerOf }>

export const emptyCartRoute =
  ({ emptyCart, showCart, ownerOf }: Needs): Routes =>
  (http) => {
    http.delete('/cart', { schema, config: { access: 'anyone' } }, async (request) => {
      const owner = await ownerOf(request)
      await emptyCart(owner)
      return cartViewOf(await showCart(owner), request.locale)
    })
  }
