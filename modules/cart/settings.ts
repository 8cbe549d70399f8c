import { duration, settings, withDefault } from '#platform/config'

/** The settings of carts. Times are milliseconds. */
export const cartSettings = settings({
  title: 'Carts',
  variables: {
    CART_ABANDONED_AFTER: withDefault(
      duration,
      '4h',
      'The time without a change after which cart.abandoned.v1 is published for a cart with items; such as 4h.',
    ),
  },
  read: (values) => ({ abandonedAfter: values.CART_ABANDONED_AFTER }),
})
