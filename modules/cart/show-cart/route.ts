import type { Routes } from '#platform/http'
import { cartViewOf, type ShowCart } from '../cart-view.ts'
import type { OwnerOf } from '../owner.ts'
import { CartHeaders, CartView } from '../schema.ts'

const schema = {
  tags: ['cart'],
  summary: "Show your cart at today's prices",
  headers: CartHeaders,
  response: { 200: CartView },
}

type Needs = Readonly<{ showCart: ShowCart; ownerOf: OwnerOf }>

export const showCartRoute =
  ({ showCart, ownerOf }: Needs): Routes =>
  (http) => {
    http.get('/cart', { schema, config: { access: 'anyone' } }, async (request) =>
      cartViewOf(await showCart(await ownerOf(request)), request.locale),
    )
  }
