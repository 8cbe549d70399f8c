import type { Bug } from '../bug.ts'

const promotions = (file: string) => `modules/promotions/${file}`

/** Coupons and their buyers, which visitors learn of by trying. */
export const couponGuessBugs: readonly Bug[] = [
  {
    description: 'codes are guessed without a limit',
    requirement: 'CART-4',
    file: promotions('find-coupon/find-coupon.ts'),
    text: 'if (own?.granted === false) return tooManyAfter(own)',
    replacement: '',
    caughtBy: promotions('find-coupon/find-coupon.test.ts'),
  },
  {
    description: 'accounts and carts of one address guess coupons without a limit',
    requirement: 'CART-4',
    file: promotions('find-coupon/find-coupon.ts'),
    text: "const all = take('coupon-of-address', address)",
    replacement: "const all = take('coupon-of-address', `${address}${guesser}`)",
    caughtBy: promotions('find-coupon/find-coupon.test.ts'),
  },
  {
    description: 'the wrong codes of one visitor keep all others of the address from using a right one',
    requirement: 'CART-4',
    file: promotions('find-coupon/find-coupon.ts'),
    text: '(isFound && !attempt.hasGuessed)',
    replacement: '(isFound && attempt.hasGuessed)',
    caughtBy: promotions('find-coupon/find-coupon.test.ts'),
  },
  {
    description: 'a quote shows whether an e-mail that a visitor typed has ordered',
    requirement: 'CAT-14',
    file: 'modules/promotions/api.ts',
    text: '(is_verified && email) || null',
    replacement: 'email || null',
    caughtBy: 'modules/delivery/quote-delivery/quote-delivery.test.ts',
  },
  {
    description: 'a refused order shows what a contact has ordered, whatever total it names',
    requirement: 'CAT-14',
    file: 'modules/ordering/place-order/reserve-goods.ts',
    text: 'expected_total === undefined || expected_total === shown_total',
    replacement: 'shown_total !== undefined',
    caughtBy: 'modules/ordering/place-order/discounted-orders.test.ts',
  },
  {
    description: 'a visitor who may place no more orders learns what a contact has ordered',
    requirement: 'CAT-14',
    file: 'modules/ordering/place-order/reserve-goods.ts',
    text: '((await excessOf(held.lines)) ?? refusal)',
    replacement: 'refusal',
    caughtBy: 'modules/ordering/place-order/discounted-orders.test.ts',
  },
  {
    description: 'a right coupon is said to have ended when it was not looked up',
    requirement: 'CART-4',
    file: 'modules/delivery/quote-delivery/quote-delivery.ts',
    text: "found.reason === 'too-many-coupons' ? found.reason : 'ended'",
    replacement: "'ended'",
    caughtBy: 'modules/delivery/quote-delivery/quote-delivery.test.ts',
  },
  {
    description: 'guesses of one visitor keep all others behind his address from their coupons',
    requirement: 'CART-4',
    file: 'modules/promotions/find-coupon/find-coupon.ts',
    text: 'all?.granted === false && !is_verified',
    replacement: 'all?.granted === false',
    caughtBy: 'modules/promotions/find-coupon/find-coupon.test.ts',
  },
  {
    description: 'a verified account guesses any number of coupons behind a spent address',
    requirement: 'CART-4',
    file: 'modules/promotions/find-coupon/find-coupon.ts',
    text: 'attempt.tooMany === undefined || (isFound && !attempt.hasGuessed)',
    replacement: 'attempt.tooMany === undefined || isFound',
    caughtBy: 'modules/promotions/find-coupon/find-coupon.test.ts',
  },
  {
    description: 'an order guesses the coupon of its cart',
    requirement: 'CART-4',
    file: 'modules/promotions/redeem-promotions/redeem-promotions.ts',
    text: 'if (!requiresCoupon) {',
    replacement: 'if (code === undefined) {',
    caughtBy: 'modules/promotions/find-coupon/find-coupon.test.ts',
  },
]
