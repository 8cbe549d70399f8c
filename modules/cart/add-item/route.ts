import { Type } from 'typebox'
import { answer, problemsOf, refuse, storeResponseAs, type Answer, type Routes } from '#platform/http'
import { isRefusal, type ReasonOf } from '#platform/outcome'
import { Id } from '#platform/schema'
import { present } from '../cart-view.ts'
import type { OwnerOf } from '../owner.ts'
import { AddItemBody, CartHeaders, CartView } from '../schema.ts'
import type { AddItem, AddItemOutcome, ItemAdded } from './add-item.ts'

const answers = {
  'not-for-sale': {
    ...answer(409, 'This is not for sale', 'Этот товар не продаётся'),
    members: { variant_ids: Type.Array(Id) },
  },
  'too-many-pieces': {
    ...answer(409, 'At most 99 pieces of one thing', 'Не больше 99 штук одного товара'),
    members: { in_cart: Type.Integer(), most: Type.Integer() },
  },
  'cart-full': {
    ...answer(409, 'The cart takes 100 different things', 'В корзину помещается 100 разных товаров'),
    members: { most: Type.Integer() },
  },
} satisfies Record<ReasonOf<AddItemOutcome>, Answer>

const schema = {
  tags: ['cart'],
  summary: 'Adds pieces of a variant to the cart; two requests add up',
  headers: CartHeaders,
  body: AddItemBody,
  response: { 200: CartView, ...problemsOf(answers) },
}

export const addItemRoute =
  (addItem: AddItem, ownerOf: OwnerOf): Routes =>
  (http) => {
    http.post('/cart/items', { schema, config: { access: 'anyone', idempotent: true } }, async (request, reply) => {
      const view = ({ cart }: ItemAdded) => present(cart, request.locale)
      const outcome = await addItem(await ownerOf(request), request.body, storeResponseAs(reply, 200, view))
      if (isRefusal(outcome)) return refuse(reply, outcome, answers)
      return view(outcome)
    })
  }
