import type { OrderingApi } from '#ordering'
import { transaction } from '#platform/db'
import { isRefusal, type NotFound, type Refused, type StoreResponse } from '#platform/outcome'
import { canonicalJson, type Clock } from '#platform/values'
import type { Carrier } from '../carrier.ts'
import type { DeliveryMethod, SandboxMode } from '../schema.ts'
import type { Address, ShipmentRequest } from '../shipment.ts'
import { findShipment } from '../store/shipments.ts'
import type { DeliveryDb, Shipment } from '../store/tables.ts'
import { requestOf, type RequestedShipment } from '../requested-shipment.ts'
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
  /** When absent: courier with an address, else the method of the order. */
  method?: DeliveryMethod | undefined
  /** When absent: the address of the order. */
  delivery_address?: Address | undefined
  /** The id of a new shipment: a retry registers the same parcel at the carrier. */
  operation_id: string
}>
type ShipmentExists = Refused<'shipment-exists'> &
  Readonly<{ shipment_id: string; method: DeliveryMethod; delivery_address: Address | null }>
export type CreateShipmentOutcome = SaveShipmentOutcome | ShipmentExists | Refused<'order-not-paid'> | NotFound
export type CreateShipment = (
  input: CreateShipmentInput,
  storeResponse: StoreResponse<CreatedShipment>,
) => Promise<CreateShipmentOutcome>

type Needs = Readonly<{
  db: DeliveryDb
  now: Clock
  carriers: readonly Carrier[]
  sandbox: SandboxMode
  ordering: Pick<OrderingApi, 'stateOf'>
}>

/** Staff create the shipment of an order that is paid or accepted for cash, or get the one that it has. */
export const createShipment =
  ({ ordering, ...needs }: Needs): CreateShipment =>
  async (input, storeResponse) => {
    const { db, now, carriers, sandbox } = needs
    const existing = await findShipment(db, { order_id: input.order_id })
    if (existing) return asRequested(input, { kind: 'exists', shipment: existing })
    const state = await ordering.stateOf(input.order_id)
    if (isRefusal(state)) return state
    if (state.kind !== 'shippable')
      return { kind: 'refused', reason: state.kind === 'unpaid' ? 'order-not-paid' : 'order-closed' }
    const request = byStaff(input, state.shipment)
    const prepared = await prepareShipment(needs, request)
    const outcome = await transaction(db, async (tx) => {
      const saved = await saveShipment(tx, request, { prepared, now: now(), sandbox })
      if (saved.kind === 'created') await storeResponse(tx, saved)
      return saved
    })
    if (hasLostRace(request, prepared, outcome)) await cancelRegistration(carriers, request)
    return outcome.kind === 'exists' ? asRequested(input, outcome) : outcome
  }

/** The shipment that the order requests, with the method and the address that staff chose. */
function byStaff({ operation_id, method, delivery_address }: CreateShipmentInput, payload: RequestedShipment) {
  const request = requestOf({ event_id: operation_id, payload })
  const chosen = method ?? (delivery_address === undefined ? request.method : 'courier')
  return {
    ...request,
    method: chosen,
    pickup_point_id: chosen === 'pickup' ? request.pickup_point_id : null,
    delivery_address: delivery_address ?? request.delivery_address,
  } satisfies ShipmentRequest
}

/** The shipment that the order has is no answer to a request for another one. */
function asRequested(
  { method, delivery_address: address }: CreateShipmentInput,
  created: CreatedShipment,
): CreateShipmentOutcome {
  const { shipment } = created
  const isOther =
    (method !== undefined && method !== shipment.method) ||
    (address !== undefined && canonicalJson(address) !== canonicalJson(shipment.delivery_address))
  return isOther ? { kind: 'refused', reason: 'shipment-exists', ...shownOf(shipment) } : created
}

const shownOf = ({ id: shipment_id, method, delivery_address }: Shipment) => ({ shipment_id, method, delivery_address })
