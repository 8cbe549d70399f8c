import { Type } from 'typebox'
import { userOf, type Routes } from '#platform/http'
import { CartAnswer, present } from '../cart-answer.ts'
import type { ShowCart } from '../carts.ts'
import type { MergeCarts } from './merge-carts.ts'

const schema = {
  tags: ['cart'],
  summary: "Brings a guest's cart into the account's; sending X-Cart-Token with any cart request does the same",
  body: Type.Object({ cart_token: Type.String({ minLength: 1, maxLength: 100 }) }, { additionalProperties: false }),
  response: { 200: CartAnswer },
}

export const mergeCartsRoute =
  (mergeCarts: MergeCarts, showCart: ShowCart): Routes =>
  (http) => {
    http.post('/cart/merge', { schema, config: { access: 'customer' } }, async (request) => {
      const { user_id } = userOf(request.caller)
      await mergeCarts(user_id, request.body.cart_token)
      return present(await showCart({ kind: 'person', user_id }), request.locale)
    })
  }
