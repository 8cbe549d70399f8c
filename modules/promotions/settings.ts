import { rate, settings, withDefault } from '#platform/config'

/** The settings of promotions. */
export const promotionsSettings = settings({
  title: 'Promotions',
  variables: {
    RATE_LIMIT_COUPONS: withDefault(
      rate,
      '20/1h',
      'Unknown coupon codes per account, or per network address without an account.',
    ),
  },
  read: (values) => ({ rates: { coupon: values.RATE_LIMIT_COUPONS } }),
})
