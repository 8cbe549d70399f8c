import type { Routes } from '#platform/http'
import { cartViewOf } from '../cart-view.ts'
import type { OwnerOf } from '../owner.ts'
import { CartHeaders, CartView } from '../schema.ts'
import type { EmptyCart } from './empty-cart.ts'

const schema = { tags: ['cart'], summary: 'Empty your cart', headers: CartHeaders, response: { 200: CartView } }

type Needs = Readonly<{ emptyCart: EmptyCart; ownerOf: OwnerOf }>

export const emptyCartRoute =
  ({ emptyCart, ownerOf }: Needs): Routes =>
  (http) => {
    http.delete('/cart', { schema, config: { access: 'anyone' } }, async (request) =>
      cartViewOf(await emptyCart(await ownerOf(request)), request.locale),
    )
  }
