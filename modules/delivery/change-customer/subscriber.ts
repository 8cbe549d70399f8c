import type { Transaction } from 'kysely'
import { orderOwnerChanged } from '#ordering/events'
import { subscribe, type Subscription } from '#platform/events'
import type { DeliveryTables } from '../store/tables.ts'
import type { ChangeCustomer } from './change-customer.ts'

/** Handles `order-owner-changed`. */
export const changeCustomerSubscription = ({
  changeCustomer,
}: Readonly<{ changeCustomer: ChangeCustomer }>): Subscription =>
  subscribe(orderOwnerChanged, (tx: Transaction<DeliveryTables>, { payload }) => changeCustomer(tx, payload))
