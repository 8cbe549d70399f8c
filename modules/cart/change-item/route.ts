import { refuse, type Routes } from '#platform/http'
import { isRefusal } from '#platform/outcome'
import { cartViewOf } from '../cart-view.ts'
import type { OwnerOf } from '../owner.ts'
import { CartHeaders, CartView, ChangeItemBody, VariantParams } from '../schema.ts'
import type { ChangeItem } from './change-item.ts'

const schema = {
  tags: ['cart'],
  summary: 'Change the quantity of a variant in your cart',
  headers: CartHeaders,
  params: VariantParams,
  body: ChangeItemBody,
  response: { 200: CartView },
}

type Needs = Readonly<{ changeItem: ChangeItem; ownerOf: OwnerOf }>

export const changeItemRoute =
  ({ changeItem, ownerOf }: Needs): Routes =>
  (http) => {
    http.patch('/cart/items/:variant_id', { schema, config: { access: 'anyone' } }, async (request, reply) => {
      const outcome = await changeItem(await ownerOf(request), { ...request.params, ...request.body })
      if (isRefusal(outcome)) return refuse(reply, outcome)
      return cartViewOf(outcome.cart, request.locale)
    })
  }
