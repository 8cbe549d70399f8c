import type { Kysely } from 'kysely'
import type { OrderingApi } from '#ordering'
import { transaction } from '#platform/db'
import { isRefusal, type NotFound, type StoreResponse } from '#platform/outcome'
import type { Clock } from '#platform/values'
import type { Carrier } from '../carrier.ts'
import type { ShipmentRequest } from '../shipment.ts'
import { findShipment, type DeliveryTables } from '../store.ts'
import {
  prepareShipment,
  saveShipment,
  type CreatedShipment,
  type Sandbox,
  type SaveShipmentOutcome,
} from './save-shipment.ts'

export type CreateShipmentOutcome = SaveShipmentOutcome | NotFound
export type CreateShipment = (
  request: ShipmentRequest,
  storeResponse: StoreResponse<CreatedShipment>,
) => Promise<CreateShipmentOutcome>

type Needs = Readonly<{
  db: Kysely<DeliveryTables>
  now: Clock
  carriers: readonly Carrier[]
  sandbox: Sandbox
  ordering: Pick<OrderingApi, 'stateOf'>
}>

/** Staff create the shipment of an open order, or get the one that it has. */
export const createShipment =
  ({ ordering, ...needs }: Needs): CreateShipment =>
  async (request, storeResponse) => {
    const { db, now, sandbox } = needs
    if (!(await findShipment(db, { order_id: request.order_id }))) {
      const state = await ordering.stateOf(request.order_id)
      if (isRefusal(state)) return state
      if (state.kind === 'closed') return { kind: 'refused', reason: 'order-closed' }
    }
    const prepared = await prepareShipment(needs, request)
    return await transaction(db, async (tx) => {
      const outcome = await saveShipment(tx, request, { prepared, now: now(), sandbox })
      if (outcome.kind !== 'refused') await storeResponse(tx, outcome)
      return outcome
    })
  }
