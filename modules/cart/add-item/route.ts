import { Type } from 'typebox'
import { answer, problemsOf, refuse, storeResponseAs, type Answer, type Routes } from '#platform/http'
import { CartAnswer, CartHeaders, present, Quantity, type HolderOf } from '../cart-answer.ts'
import { addItemExample } from '../examples.ts'
import type { AddItem, AddItemOutcome, ItemAdded } from './add-item.ts'

const answers = {
  'not-for-sale': answer(409, 'This is not for sale', 'Этот товар не продаётся'),
  'too-many-pieces': answer(409, 'At most 99 pieces of one thing', 'Не больше 99 штук одного товара'),
  'cart-full': answer(409, 'The cart takes 100 different things', 'В корзину помещается 100 разных товаров'),
} satisfies Record<Extract<AddItemOutcome, { kind: 'refused' }>['reason'], Answer>

const schema = {
  tags: ['cart'],
  summary: 'Puts pieces of a variant into the cart; adding twice adds up',
  headers: CartHeaders,
  body: Type.Object(
    { variant_id: Type.String({ format: 'uuid' }), quantity: Quantity },
    { additionalProperties: false, examples: [addItemExample] },
  ),
  response: { 200: CartAnswer, ...problemsOf(answers) },
}

export const addItemRoute =
  (addItem: AddItem, holderOf: HolderOf): Routes =>
  (http) => {
    http.post('/cart/items', { schema, config: { access: 'anyone', idempotent: true } }, async (request, reply) => {
      const shown = ({ cart }: ItemAdded) => present(cart, request.locale)
      const outcome = await addItem(await holderOf(request), request.body, storeResponseAs(reply, 200, shown))
      if (outcome.kind === 'refused') return refuse(reply, outcome, answers)
      return shown(outcome)
    })
  }
