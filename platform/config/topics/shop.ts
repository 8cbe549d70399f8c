import { duration, flag, oneOf, rate, type Rate } from '../kinds.ts'
import { withDefault, type ValuesOf } from '../variable.ts'

export const shop = {
  title: 'Payments and delivery',
  variables: {
    PAYMENT_SANDBOX: withDefault(
      oneOf('page', 'auto', 'decline'),
      'page',
      'Sandbox payments: page asks the buyer, auto pays by itself, decline refuses.',
    ),
    PAYMENT_TIMEOUT: withDefault(
      duration,
      '30m',
      'An order unpaid for this long is asked about, then cancelled; with its unit, as 30m.',
    ),
    DELIVERY_SANDBOX: withDefault(
      oneOf('manual', 'auto'),
      'manual',
      'Deliveries: manual waits for staff, auto delivers by itself.',
    ),
  },
}

/** Times are milliseconds. */
export const shopOf = (values: ValuesOf<typeof shop.variables>) => ({
  payments: { sandbox: values.PAYMENT_SANDBOX, timeout: values.PAYMENT_TIMEOUT },
  delivery: { sandbox: values.DELIVERY_SANDBOX },
})

export const limits = {
  title: 'Limits on callers: how many requests per time, and how many of them at once',
  variables: {
    RATE_LIMITS: withDefault(flag, 'true', 'false lifts all limits: for benchmarks only.'),
    RATE_LIMIT_DEFAULT: withDefault(rate, '1200/1m burst 300', 'Any request, per caller.'),
    RATE_LIMIT_CHECKOUT: withDefault(rate, '120/1m burst 60', 'Placing orders and paying, per user.'),
    RATE_LIMIT_LOGIN: withDefault(rate, '5/15m', 'Tries to sign in, per account and address together.'),
    RATE_LIMIT_LOGIN_ACCOUNT: withDefault(rate, '20/1h', 'Tries to sign in, per account from anywhere.'),
    RATE_LIMIT_LOGIN_ADDRESS: withDefault(rate, '100/15m', 'Tries to sign in, per address to any account.'),
    RATE_LIMIT_REFRESH: withDefault(rate, '30/1m', 'Refreshed tokens, per login.'),
  },
}

/** The classes of limits a route may fall under. */
type LimitClass = 'default' | 'checkout' | 'login' | 'login_account' | 'login_address' | 'refresh'

type Limits = Readonly<{ kind: 'off' }> | Readonly<{ kind: 'on'; rates: Readonly<Record<LimitClass, Rate>> }>

export function limitsOf(values: ValuesOf<typeof limits.variables>): Limits {
  if (!values.RATE_LIMITS) return { kind: 'off' }
  return {
    kind: 'on',
    rates: {
      default: values.RATE_LIMIT_DEFAULT,
      checkout: values.RATE_LIMIT_CHECKOUT,
      login: values.RATE_LIMIT_LOGIN,
      login_account: values.RATE_LIMIT_LOGIN_ACCOUNT,
      login_address: values.RATE_LIMIT_LOGIN_ADDRESS,
      refresh: values.RATE_LIMIT_REFRESH,
    },
  }
}
