import { userOf } from '#platform/access'
import type { Routes } from '#platform/http'
import { cartViewOf } from '../cart-view.ts'
import { priceCart, type Catalog } from '../priced-cart.ts'
import { CartView, MergeCartsBody } from '../schema.ts'
import type { MergeCarts } from './merge-carts.ts'

const schema = {
  tags: ['cart'],
  summary: "Merge a guest's cart into your cart; X-Cart-Token with any cart request does the same",
  body: MergeCartsBody,
  response: { 200: CartView },
}

type Needs = Readonly<{ mergeCarts: MergeCarts; catalog: Catalog }>

export const mergeCartsRoute =
  ({ mergeCarts, catalog }: Needs): Routes =>
  (http) => {
    http.post(
      '/cart/merge',
      { schema, config: { access: 'user', repeat: 'The guest cart is empty then.' } },
      async (request) => {
        const { user_id } = userOf(request.caller)
        const { lines } = await mergeCarts(user_id, request.body.cart_token)
        return cartViewOf(await priceCart(catalog, { lines, cart_token: null }), request.locale)
      },
    )
  }
