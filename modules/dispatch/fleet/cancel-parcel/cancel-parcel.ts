import { sql } from 'kysely'
import { afterCommit, type AnyTx } from '#platform/db'
import { answerTo, publish } from '#platform/events'
import type { Clock } from '#platform/values'
import { parcelCancellationRefused, parcelCancelled } from '../../events.ts'
import { cancel } from '../parcel.ts'
import { lockParcelIfAny, saveParcel } from '../store.ts'

type Cancellation = Readonly<{ event_id: string; shipment_id: string; order_id: string }>
export type CancelParcel = (tx: AnyTx, cancellation: Cancellation) => Promise<void>

type Needs = Readonly<{ now: Clock; wake: () => void }>

/**
 * Cancels a parcel that no courier has picked up, and publishes the answer. A pick-up and a cancellation lock the parcel, so
 * one of them comes first: no courier brings a cancelled parcel. A shipment without a parcel gets none any more; the events of an
 * order are handled one after the other, and a parked `shipment-created` comes later.
 */
export const cancelParcel =
  ({ now, wake }: Needs): CancelParcel =>
  async (tx, { event_id, shipment_id, order_id }) => {
    const parcel = await lockParcelIfAny(tx, shipment_id)
    if (!parcel) await insertTombstone(tx, shipment_id, now())
    const decision = parcel ? cancel(parcel) : { kind: 'unchanged' as const }
    if (parcel && decision.kind === 'changed') {
      await saveParcel(tx, parcel, { ...decision, at: now() })
      afterCommit(tx, wake)
    }
    const answer = decision.kind === 'refused' ? parcelCancellationRefused : parcelCancelled
    await publish(tx, [answerTo(event_id, answer({ parcel_id: shipment_id, order_id }))])
  }

async function insertTombstone(tx: AnyTx, shipment_id: string, at: Date): Promise<void> {
  await sql`
    insert into dispatch.cancelled_parcels (id, cancelled_at) values (${shipment_id}, ${at}) on conflict do nothing
  `.execute(tx)
}
