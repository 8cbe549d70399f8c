import type { Transaction } from 'kysely'
import { orderClaimed } from '#ordering/events'
import { subscribe, type Subscription } from '#platform/events'
import type { DeliveryTables } from '../store.ts'
import type { ChangeCustomer } from './change-customer.ts'

/** Handles `order-claimed`. */
export const changeCustomerSubscription = ({
  changeCustomer,
}: Readonly<{ changeCustomer: ChangeCustomer }>): Subscription =>
  subscribe(orderClaimed, (tx: Transaction<DeliveryTables>, { payload }) => changeCustomer(tx, payload))
