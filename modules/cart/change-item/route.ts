import { Type } from 'typebox'
import { answer, problemsOf, refuse, type Answer, type Routes } from '#platform/http'
import { CartAnswer, CartHeaders, present, Quantity, VariantParams, type HolderOf } from '../cart-answer.ts'
import type { ShowCart } from '../carts.ts'
import type { ChangeItem, ChangeItemOutcome } from './change-item.ts'

const answers = {
  'not-in-cart': answer(404, 'This is not in the cart', 'Этого нет в корзине'),
} satisfies Record<Extract<ChangeItemOutcome, { kind: 'refused' }>['reason'], Answer>

const schema = {
  tags: ['cart'],
  summary: 'Sets how many pieces of a variant lie in the cart',
  headers: CartHeaders,
  params: VariantParams,
  body: Type.Object({ quantity: Quantity }, { additionalProperties: false }),
  response: { 200: CartAnswer, ...problemsOf(answers) },
}

export const changeItemRoute =
  (changeItem: ChangeItem, showCart: ShowCart, holderOf: HolderOf): Routes =>
  (http) => {
    http.patch('/cart/items/:variant_id', { schema, config: { access: 'anyone' } }, async (request, reply) => {
      const holder = await holderOf(request)
      const outcome = await changeItem(holder, { ...request.params, ...request.body })
      if (outcome.kind === 'refused') return refuse(reply, outcome, answers)
      return present(await showCart(holder), request.locale)
    })
  }
