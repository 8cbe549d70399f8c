import type { Transaction } from 'kysely'
import { orderOwnerChanged } from '#ordering/events'
import { subscribe, type Subscription } from '#platform/events'
import type { PaymentsTables } from '../store/tables.ts'
import type { ChangePayer } from './change-payer.ts'

/** Handles `order-owner-changed`. */
export const changePayerSubscription = ({ changePayer }: Readonly<{ changePayer: ChangePayer }>): Subscription =>
  subscribe(orderOwnerChanged, (tx: Transaction<PaymentsTables>, { payload }) => changePayer(tx, payload))
