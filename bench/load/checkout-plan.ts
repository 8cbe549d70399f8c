import type { Times } from './times.ts'

/** Buyers in a closed loop: each begins the next checkout as soon as the order of the last one is paid. */
export type CheckoutPlan = Readonly<{
  port: number
  buyers: readonly CheckoutBuyer[]
  seconds: number
}>

/** The buyer takes the pairs of variants in turns: the cart shows when the pair of the last order has left it. */
export type CheckoutBuyer = Readonly<{
  user_id: string
  token: string
  pairs: readonly (readonly [string, string])[]
}>

/** The requests of a checkout, in their order. `early`: a payment that was refused because it came too early. */
export const checkoutSteps = ['add', 'order', 'early', 'pay', 'look'] as const
export type CheckoutStep = (typeof checkoutSteps)[number]

/** The result of a load of checkouts. Rate and times are those of the checkouts that ended in the last two thirds. */
export type CheckoutOutcome = Readonly<{
  perSecond: number
  /** All orders. */
  started: number
  /** The times from the first request to the response that shows the paid order. */
  whole: Times
  /** The times of single requests. */
  steps: Readonly<Record<CheckoutStep, Times>>
}>
