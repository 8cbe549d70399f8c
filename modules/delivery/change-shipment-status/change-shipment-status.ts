import { transaction } from '#platform/db'
import { publish } from '#platform/events'
import { notFound, type NotFound, type StoreResponse } from '#platform/outcome'
import type { Clock } from '#platform/values'
import type { ShipmentStatus } from '../schema.ts'
import { statusChanged } from '../shipment-events.ts'
import { changeStatus, type ChangeDecision } from '../shipment.ts'
import { isShipment, lockShipment, saveStatus } from '../store/shipments.ts'
import type { DeliveryDb, Shipment } from '../store/tables.ts'

type Needs = Readonly<{ db: DeliveryDb; now: Clock }>

type ChangeShipmentStatusInput = Readonly<{
  status: ShipmentStatus
  reason?: string | undefined
  tracking_number?: string | undefined
}>
export type ChangedShipment = Readonly<{ kind: 'changed' | 'unchanged'; shipment: Shipment }>
export type ChangeShipmentStatusOutcome = ChangedShipment | Extract<ChangeDecision, { kind: 'refused' }> | NotFound
export type ChangeShipmentStatus = (
  id: string,
  input: ChangeShipmentStatusInput,
  storeResponse: StoreResponse<ChangedShipment>,
) => Promise<ChangeShipmentStatusOutcome>

/** Staff set the status of a shipment. */
export const changeShipmentStatus =
  ({ db, now }: Needs): ChangeShipmentStatus =>
  (id, { status, reason, tracking_number }, storeResponse) =>
    transaction(db, async (tx): Promise<ChangeShipmentStatusOutcome> => {
      const current = await lockShipment(tx, { id })
      if (!current || !isShipment(current)) return notFound('shipment')
      const at = now()
      const decision = changeStatus(current, status, { now: at, reason })
      if (decision.kind === 'refused') return decision
      const isChanged = decision.kind === 'changed'
      const shipment = !isChanged ? current : await saveStatus(tx, id, { to: decision.to, now: at, tracking_number })
      if (isChanged) await publish(tx, statusChanged(current, decision))
      const changed = { kind: decision.kind, shipment } as const
      await storeResponse(tx, changed)
      return changed
    })
