import type { shipmentStatusChanged } from '#delivery/events'
import { afterCommit, type AnyTx } from '#platform/db'
import type { PayloadOf } from '#platform/events'
import type { Clock } from '#platform/values'
import { follow } from '../parcel.ts'
import { lockParcelIfAny, saveParcel } from '../store.ts'

type StatusChange = PayloadOf<typeof shipmentStatusChanged>
export type CloseParcel = (tx: AnyTx, change: StatusChange) => Promise<void>

type Needs = Readonly<{ now: Clock; wake: () => void }>

const isEnd = (status: string) =>
  status === 'delivered' || status === 'failed' || status === 'returned' || status === 'cancelled' ? status : undefined

/**
 * Ends the parcel of a shipment that ended: staff delivered it by hand, or its order was cancelled. Most shipments end
 * because their courier delivered the parcel: then nothing changes.
 */
export const closeParcel =
  ({ now, wake }: Needs): CloseParcel =>
  async (tx, { shipment_id, to }) => {
    const end = isEnd(to)
    const parcel = end && (await lockParcelIfAny(tx, shipment_id))
    if (!end || !parcel) return
    const decision = follow(parcel, end)
    if (decision.kind === 'unchanged') return
    await saveParcel(tx, parcel, { ...decision, at: now() })
    afterCommit(tx, wake)
  }
