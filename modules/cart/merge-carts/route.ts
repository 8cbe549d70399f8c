import { userOf } from '#platform/access'
import type { Routes } from '#platform/http'
import { present } from '../cart-view.ts'
import { CartView, MergeCartsBody } from '../schema.ts'
import type { ShowCart } from '../store.ts'
import type { MergeCarts } from './merge-carts.ts'

const schema = {
  tags: ['cart'],
  summary: "Merges a guest's cart into the user's; sending X-Cart-Token with any cart request does the same",
  body: MergeCartsBody,
  response: { 200: CartView },
}

export const mergeCartsRoute =
  (mergeCarts: MergeCarts, showCart: ShowCart): Routes =>
  (http) => {
    http.post('/cart/merge', { schema, config: { access: 'user' } }, async (request) => {
      const { user_id } = userOf(request.caller)
      await mergeCarts(user_id, request.body.cart_token)
      return present(await showCart({ kind: 'user', user_id }), request.locale)
    })
  }
