import { rate, secret, settings, text, withDefault } from '#platform/config'

/**
 * Wrong codes after which an address gets no answer to right codes either, unless it has given them before or comes from a
 * verified account, as a multiple of its limit: a visitor makes up a new cart for each guess.
 */
const maxCarts = 10

/** The settings of promotions. */
export const promotionsSettings = settings({
  title: 'Promotions',
  variables: {
    RATE_LIMIT_COUPONS: withDefault(
      rate,
      '20/1h',
      'Unknown coupon codes per account or cart, and per network address; after ten times as many an address gets no answer to a code that it has not given before, except for verified accounts that have not guessed.',
    ),
    BUYER_KEY_SECRET: secret(
      text(32, 1000),
      'Hashes the e-mails and phones by which uses of promotions count: with another secret the uses of guests and of deleted accounts count no more. Without it the first start creates a secret in POSAD_DATA.',
    ),
  },
  read: ({ RATE_LIMIT_COUPONS: coupon, BUYER_KEY_SECRET }) => ({
    rates: {
      coupon,
      'coupon-of-address': { ...coupon, count: coupon.count * maxCarts, burst: coupon.burst * maxCarts },
    },
    buyerKeySecret: BUYER_KEY_SECRET,
  }),
})
