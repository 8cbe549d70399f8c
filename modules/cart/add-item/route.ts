import { Type } from 'typebox'
import { answer, problemsOf, refuse, storeResponseAs, type Answer, type Routes } from '#platform/http'
import { isRefusal, type ReasonOf } from '#platform/outcome'
import { Id } from '#platform/schema'
import { cartViewOf } from '../cart-view.ts'
import type { OwnerOf } from '../owner.ts'
import { AddItemBody, CartHeaders, CartView } from '../schema.ts'
import type { AddItem, AddItemOutcome, ItemAdded } from './add-item.ts'

const answers = {
  'not-for-sale': {
    ...answer(409, 'This variant is not for sale.', 'Этот товар не продаётся.'),
    members: { variant_ids: Type.Array(Id) },
  },
  'too-many-pieces': {
    ...answer(
      409,
      'A cart takes at most 99 pieces of one variant.',
      'В корзину помещается не больше 99 штук одного товара.',
    ),
    members: { in_cart: Type.Integer(), maximum: Type.Integer() },
  },
  'cart-full': {
    ...answer(
      409,
      'A cart takes at most 100 different variants.',
      'В корзину помещается не больше 100 разных товаров.',
    ),
    members: { maximum: Type.Integer() },
  },
} satisfies Record<ReasonOf<AddItemOutcome>, Answer>

const schema = {
  tags: ['cart'],
  summary: 'Add pieces of a variant to your cart; two requests add up',
  headers: CartHeaders,
  body: AddItemBody,
  response: { 200: CartView, ...problemsOf(answers) },
}

type Needs = Readonly<{ addItem: AddItem; ownerOf: OwnerOf }>

export const addItemRoute =
  ({ addItem, ownerOf }: Needs): Routes =>
  (http) => {
    http.post('/cart/items', { schema, config: { access: 'anyone', idempotent: true } }, async (request, reply) => {
      const viewOf = ({ cart }: ItemAdded) => cartViewOf(cart, request.locale)
      const outcome = await addItem(await ownerOf(request), request.body, storeResponseAs(reply, 200, viewOf))
      if (isRefusal(outcome)) return refuse(reply, outcome, answers)
      return viewOf(outcome)
    })
  }
