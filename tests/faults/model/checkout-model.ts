import { catalogActor } from './catalog.ts'
import { deliveryActor, type Delivery } from './delivery.ts'
import { dispatchActor } from './dispatch.ts'
import { explore, type Exploration } from './explore.ts'
import { networkOf } from './network.ts'
import { orderingActor, type OrderingOptions, type PaymentMethod } from './ordering.ts'
import { paymentsActor } from './payments.ts'
import { brokenRule, hasEndedWell } from './rules.ts'
import { staffActor } from './staff.ts'

/** How often each decision of a person and each fault may happen in one history. */
export type Scenario = Readonly<{
  payment: PaymentMethod
  delivery: Delivery
  budget: Readonly<Record<string, number>>
}>

/** Lists every history of one order within the bounds of a scenario. */
export function exploreCheckout({ payment, delivery, budget }: Scenario, options: OrderingOptions = {}): Exploration {
  const isByHand = 'staff change the status' in budget
  const actors = [
    orderingActor(payment, options),
    paymentsActor(payment),
    deliveryActor(delivery),
    catalogActor,
    ...(delivery === 'own courier' ? [dispatchActor] : []),
    ...('staff create a shipment' in budget ? [staffActor] : []),
  ]
  return explore(
    networkOf(actors, {
      budget,
      violationOf: (states) => brokenRule(states, payment),
      hasEnded: (states) => hasEndedWell(states, { method: payment, isByHand }),
    }),
  )
}
