import { duration, flag, integer, rate, secret, settings, text, withDefault } from '#platform/config'

/** The settings of orders. Times are milliseconds. */
export const orderingSettings = settings({
  title: 'Orders',
  variables: {
    PAYMENT_TIMEOUT: withDefault(
      duration,
      '30m',
      'The time to pay, such as 30m. After it the provider is asked for the status of the payment, and an unpaid order is cancelled.',
    ),
    MAX_OPEN_ORDERS: withDefault(
      integer(0, 100_000),
      '5',
      'Unpaid orders (online until paid, cash until handed over) per account; and per e-mail, phone and network address for each payment method; 0 means no limit.',
    ),
    MAX_HELD_PER_VARIANT: withDefault(
      integer(0, 100_000),
      '20',
      'Pieces of one variant, alone or in bundles, in the open orders of one account, e-mail, phone or network address; an order that leaves half of the stock to others may have more; 0 means no limit.',
    ),
    GUEST_ORDERS: withDefault(flag, 'true', 'Whether buyers without an account may order, with an e-mail or a phone.'),
    ORDER_LINK_SECRET: secret(
      text(32, 1000),
      'Signs the private links of guests to their orders; without it the first start creates a secret in POSAD_DATA.',
    ),
    RETURN_WINDOW_DAYS: withDefault(
      integer(0, 3650),
      '14',
      'Days after the hand-over in which a buyer may ask to return goods; with 0 returns are off.',
    ),
    CASH_ON_DELIVERY: withDefault(flag, 'on', 'Whether buyers may pay in cash on delivery; on or off.'),
    RATE_LIMIT_CHECKOUT: withDefault(rate, '120/1m burst 60', 'Orders placed and payments started, per user.'),
  },
  read: (values) => ({
    paymentTimeout: values.PAYMENT_TIMEOUT,
    limits: { maxOpenOrders: values.MAX_OPEN_ORDERS, maxHeldPerVariant: values.MAX_HELD_PER_VARIANT },
    cashOnDelivery: values.CASH_ON_DELIVERY,
    guestOrders: values.GUEST_ORDERS,
    returnWindowDays: values.RETURN_WINDOW_DAYS,
    orderLinkSecret: values.ORDER_LINK_SECRET,
    rates: { checkout: values.RATE_LIMIT_CHECKOUT },
  }),
})
