import { Type } from 'typebox'
import { answer, problemsOf, refuse, storeResponseAs, type Answer, type Routes } from '#platform/http'
import { isRefusal, type ReasonOf } from '#platform/outcome'
import { Id } from '#platform/schema'
import { cartViewOf } from '../cart-view.ts'
import type { OwnerOf } from '../owner.ts'
import { AddItemBody, CartHeaders, CartView, maxLines, maxPieces } from '../schema.ts'
import type { AddItem, AddItemOutcome, ItemAdded } from './add-item.ts'

const answers = {
  'not-for-sale': {
    ...answer(409, 'This variant is not for sale.', 'Этот вариант не продаётся.'),
    members: { variant_ids: Type.Array(Id) },
  },
  'too-many-pieces': {
    ...answer(
      409,
      `A cart holds at most ${maxPieces} pieces of one variant.`,
      `В корзину помещается не больше ${maxPieces} штук одного варианта.`,
    ),
    members: { in_cart: Type.Integer(), maximum: Type.Integer() },
  },
  'cart-full': {
    ...answer(
      409,
      `A cart holds at most ${maxLines} different variants.`,
      `В корзину помещается не больше ${maxLines} разных вариантов.`,
    ),
    members: { maximum: Type.Integer() },
  },
} satisfies Record<ReasonOf<AddItemOutcome>, Answer>

const schema = {
  tags: ['cart'],
  summary: 'Add pieces of a variant to your cart; the quantities of two requests add up',
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
