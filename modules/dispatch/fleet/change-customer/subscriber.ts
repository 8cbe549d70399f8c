import { shipmentCustomerChanged } from '#delivery/events'
import { subscribe, type Subscription } from '#platform/events'
import type { ChangeCustomer } from './change-customer.ts'

/** Handles `shipment-customer-changed`. */
export const changeCustomerSubscription = ({
  changeCustomer,
}: Readonly<{ changeCustomer: ChangeCustomer }>): Subscription =>
  subscribe(shipmentCustomerChanged, (tx, { payload }) => changeCustomer(tx, payload))
