import { problemsOf, refuse, type Answer, type Routes } from '#platform/http'
import { addressKey } from '#platform/limits'
import { isRefusal, type ReasonOf } from '#platform/outcome'
import { couponAnswers } from '#promotions/answers'
import { cartViewOf } from '../cart-view.ts'
import type { OwnerOf } from '../owner.ts'
import { ApplyCouponBody, CartHeaders, CartView } from '../schema.ts'
import type { ApplyCoupon, ApplyCouponOutcome, RemoveCoupon } from './change-coupon.ts'

const answers: Readonly<Record<ReasonOf<ApplyCouponOutcome>, Answer>> = couponAnswers

const tags = ['cart']
const headers = CartHeaders
const config = { access: 'anyone' } as const

const applySchema = {
  tags,
  summary: 'Apply a coupon to your cart',
  description: 'The cart shows the discount of the coupon, or in `coupon.reason` why it gives none today.',
  headers,
  body: ApplyCouponBody,
  response: { 200: CartView, ...problemsOf(answers) },
}
const removeSchema = { tags, summary: 'Remove the coupon from your cart', headers, response: { 200: CartView } }

type Needs = Readonly<{ applyCoupon: ApplyCoupon; removeCoupon: RemoveCoupon; ownerOf: OwnerOf }>

export const changeCouponRoutes =
  ({ applyCoupon, removeCoupon, ownerOf }: Needs): Routes =>
  (http) => {
    http.put('/cart/coupon', { schema: applySchema, config }, async (request, reply) => {
      const owner = await ownerOf(request)
      const guesser = owner.kind === 'user' ? owner.user_id : (owner.token ?? null)
      const is_verified = owner.kind === 'user' && owner.is_verified === true
      const attempted_by = { guesser, is_verified, address: addressKey(request.ip) }
      const outcome = await applyCoupon(owner, { code: request.body.code, attempted_by })
      if (isRefusal(outcome)) return refuse(reply, outcome, answers)
      return cartViewOf(outcome.cart, request.locale)
    })
    http.delete('/cart/coupon', { schema: removeSchema, config }, async (request) =>
      cartViewOf(await removeCoupon(await ownerOf(request)), request.locale),
    )
  }
