import { timingSafeEqual } from 'node:crypto'
import { transaction } from '#platform/db'
import { publish } from '#platform/events'
import { notFound, type NotFound, type StoreResponse } from '#platform/outcome'
import type { Clock } from '#platform/values'
import { statusChanged } from '../shipment-events.ts'
import { countWrongCode, deliver, type DeliverDecision, type HandOver } from '../shipment.ts'
import { isShipment, lockShipment, saveCodeAttempts, saveStatus } from '../store/shipments.ts'
import type { DeliveryDb, Shipment } from '../store/tables.ts'

type Needs = Readonly<{ db: DeliveryDb; now: Clock }>

export type DeliveredShipment = Readonly<{ kind: 'delivered'; shipment: Shipment }>
export type DeliverShipmentOutcome = DeliveredShipment | Extract<DeliverDecision, { kind: 'refused' }> | NotFound
type DeliverShipmentInput = Readonly<{ by: HandOver['by']; code?: string | undefined }>
export type DeliverShipment = (
  id: string,
  input: DeliverShipmentInput,
  storeResponse: StoreResponse<DeliveredShipment>,
) => Promise<DeliverShipmentOutcome>

/** Compares in a time that does not depend on the digits. */
function compared(code: string | undefined, pickup_code: string | null): HandOver['code'] {
  if (code === undefined || pickup_code === null) return undefined
  const isRight = code.length === pickup_code.length && timingSafeEqual(Buffer.from(code), Buffer.from(pickup_code))
  return isRight ? 'right' : 'wrong'
}

/** A wrong code is no refusal of the transaction, which would roll the count back. */
type Counted = Readonly<{ kind: 'counted'; refusal: Extract<DeliverShipmentOutcome, { reason: 'wrong-code' }> }>
type Delivery = DeliverShipmentOutcome | Counted

/** Hands the parcel to the customer. A repeat publishes nothing. */
export const deliverShipment =
  ({ db, now }: Needs): DeliverShipment =>
  async (id, { by, code }, storeResponse) => {
    const outcome = await transaction(db, async (tx): Promise<Delivery> => {
      const current = await lockShipment(tx, { id })
      if (!current || !isShipment(current)) return notFound('shipment')
      const at = now()
      const decision = deliver(current, { by, code: compared(code, current.pickup_code) }, at)
      if (decision.kind === 'refused' && decision.reason === 'wrong-code') {
        await saveCodeAttempts(tx, id, countWrongCode(current, at))
        return { kind: 'counted', refusal: decision }
      }
      if (decision.kind === 'refused') return decision
      const isChanged = decision.kind === 'changed'
      const shipment = isChanged ? await saveStatus(tx, id, { to: decision.to, now: at }) : current
      if (isChanged) await publish(tx, statusChanged(current, decision))
      const delivered = { kind: 'delivered', shipment } as const
      await storeResponse(tx, delivered)
      return delivered
    })
    return outcome.kind === 'counted' ? outcome.refusal : outcome
  }
