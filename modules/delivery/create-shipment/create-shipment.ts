import type { Kysely } from 'kysely'
import type { OrderingApi } from '#ordering'
import { transaction } from '#platform/db'
import { isRefusal, type NotFound, type StoreResponse } from '#platform/outcome'
import { newId, type Clock } from '#platform/values'
import type { Carrier } from '../carrier.ts'
import type { DeliveryMethod, SandboxMode } from '../schema.ts'
import type { Address, ShipmentRequest } from '../shipment.ts'
import { findShipment, type DeliveryTables } from '../store.ts'
import {
  cancelRegistration,
  hasLostRace,
  prepareShipment,
  saveShipment,
  type CreatedShipment,
  type SaveShipmentOutcome,
} from './save-shipment.ts'

type CreateShipmentInput = Readonly<{
  order_id: string
  /** When absent: courier with an address, else pickup. */
  method?: DeliveryMethod | undefined
  delivery_address?: Address | undefined
}>
export type CreateShipmentOutcome = SaveShipmentOutcome | NotFound
export type CreateShipment = (
  input: CreateShipmentInput,
  storeResponse: StoreResponse<CreatedShipment>,
) => Promise<CreateShipmentOutcome>

type Needs = Readonly<{
  db: Kysely<DeliveryTables>
  now: Clock
  carriers: readonly Carrier[]
  sandbox: SandboxMode
  ordering: Pick<OrderingApi, 'stateOf'>
}>

/** Staff create the shipment of an open order, or get the one that it has. */
export const createShipment =
  ({ ordering, ...needs }: Needs): CreateShipment =>
  async (input, storeResponse) => {
    const { db, now, carriers, sandbox } = needs
    if (!(await findShipment(db, { order_id: input.order_id }))) {
      const state = await ordering.stateOf(input.order_id)
      if (isRefusal(state)) return state
      if (state.kind === 'closed') return { kind: 'refused', reason: 'order-closed' }
    }
    const request = requestOf(input)
    const prepared = await prepareShipment(needs, request)
    const outcome = await transaction(db, async (tx) => {
      const saved = await saveShipment(tx, request, { prepared, now: now(), sandbox })
      if (saved.kind !== 'refused') await storeResponse(tx, saved)
      return saved
    })
    if (hasLostRace(request, prepared, outcome)) await cancelRegistration(carriers, request)
    return outcome
  }

/** The order completes the other facts when it requests the shipment. */
function requestOf({ order_id, method, ...input }: CreateShipmentInput): ShipmentRequest {
  const delivery_address = input.delivery_address ?? null
  return {
    id: newId(),
    order_id,
    order_number: null,
    user_id: null,
    method: method ?? (delivery_address === null ? 'pickup' : 'courier'),
    delivery_address,
    recipient_name: null,
    recipient_phone: null,
    comment: null,
    weight_grams: null,
    cash_to_collect: null,
    currency: null,
  }
}
