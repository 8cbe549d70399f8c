import type { Kysely } from 'kysely'
import type { OrderingApi } from '#ordering'
import { findShipment } from '../shipments.ts'
import type { DeliveryTables } from '../tables.ts'
import type { CreateShipment, Creating } from './create-shipment.ts'

type Needs = Readonly<{
  db: Kysely<DeliveryTables>
  ordering: Pick<OrderingApi, 'stateOf'>
  createShipment: CreateShipment
}>

export type CreatingByHand = Creating | Readonly<{ kind: 'refused'; reason: 'unknown-order' }>
export type CreateByHand = (...input: Parameters<CreateShipment>) => Promise<CreatingByHand>

/**
 * Staff may be faster than an order, but not make one up: what is made here is told to the order, which has to be there
 * to hear it. A shipment that stands is answered whatever has become of its order.
 */
export const createByHand =
  ({ db, ordering, createShipment }: Needs): CreateByHand =>
  async (owed, storeResponse) => {
    if (!(await findShipment(db, { order_id: owed.order_id }))) {
      const state = await ordering.stateOf(owed.order_id)
      if (state === 'not-found') return { kind: 'refused', reason: 'unknown-order' }
      if (state === 'closed') return { kind: 'refused', reason: 'not-due' }
    }
    return await createShipment(owed, storeResponse)
  }
