import { userOf } from '#platform/access'
import type { Routes } from '#platform/http'
import { cartViewOf } from '../cart-view.ts'
import { buyerOf } from '../owner.ts'
import { priceCart, type Pricing } from '../priced-cart.ts'
import { CartView, MergeCartsBody } from '../schema.ts'
import type { MergeCarts } from './merge-carts.ts'

const schema = {
  tags: ['cart'],
  summary: 'Merge a guest’s cart into your cart; any cart request with X-Cart-Token does the same',
  body: MergeCartsBody,
  response: { 200: CartView },
}

type Needs = Readonly<{ mergeCarts: MergeCarts; pricing: Pricing }>

export const mergeCartsRoute =
  ({ mergeCarts, pricing }: Needs): Routes =>
  (http) => {
    http.post(
      '/cart/merge',
      { schema, config: { access: 'user', repeat: 'Finds the cart of the guest empty, and changes nothing.' } },
      async (request) => {
        const caller = userOf(request.caller)
        const { lines, coupon } = await mergeCarts(caller.user_id, request.body.cart_token)
        const buyer = buyerOf(caller)
        return cartViewOf(await priceCart(pricing, { lines, coupon, cart_token: null, buyer }), request.locale)
      },
    )
  }
