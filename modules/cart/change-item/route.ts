import { answer, problemsOf, refuse, type Answer, type Routes } from '#platform/http'
import { isRefusal, type ReasonOf } from '#platform/outcome'
import { present } from '../cart-view.ts'
import type { OwnerOf } from '../owner.ts'
import { CartHeaders, CartView, ChangeItemBody, VariantParams } from '../schema.ts'
import type { ShowCart } from '../store.ts'
import type { ChangeItem, ChangeItemOutcome } from './change-item.ts'

const answers = {
  'not-in-cart': answer(404, 'This is not in the cart', 'Этого нет в корзине'),
} satisfies Record<ReasonOf<ChangeItemOutcome>, Answer>

const schema = {
  tags: ['cart'],
  summary: 'Changes the quantity of a variant in the cart',
  headers: CartHeaders,
  params: VariantParams,
  body: ChangeItemBody,
  response: { 200: CartView, ...problemsOf(answers) },
}

export const changeItemRoute =
  (changeItem: ChangeItem, showCart: ShowCart, ownerOf: OwnerOf): Routes =>
  (http) => {
    http.patch('/cart/items/:variant_id', { schema, config: { access: 'anyone' } }, async (request, reply) => {
      const owner = await ownerOf(request)
      const outcome = await changeItem(owner, { ...request.params, ...request.body })
      if (isRefusal(outcome)) return refuse(reply, outcome, answers)
      return present(await showCart(owner), request.locale)
    })
  }
