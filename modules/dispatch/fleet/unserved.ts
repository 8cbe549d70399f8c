import { hasSkillsFor, takesParcels } from './planning.ts'
import type { UnservedReason } from './board-schema.ts'
import type { FleetCourier, ParcelRow } from './store.ts'

type WaitingParcel = Pick<
  ParcelRow,
  | 'status'
  | 'courier_id'
  | 'declined_by'
  | 'missed_by'
  | 'missed_until'
  | 'weight_grams'
  | 'volume_litres'
  | 'required_skills'
>

export type FleetState = Readonly<{ couriers: readonly FleetCourier[]; now: Date; isPlanned: boolean }>

/** Why no courier brings an open parcel at this moment; null when one does, or will. */
export function unservedReasonOf(
  parcel: WaitingParcel,
  { couriers, now, isPlanned }: FleetState,
): UnservedReason | null {
  const courier = couriers.find(({ id }) => id === parcel.courier_id)
  if (courier) return courier.may_deliver ? (courier.duty === 'off' ? 'courier-off-duty' : null) : 'courier-blocked'
  if (parcel.status !== 'waiting') return null
  const takers = couriers.filter((each) => takesParcels(each, now))
  if (takers.length === 0) return 'no-courier'
  const willing = takers.filter(({ id }) => !parcel.declined_by.includes(id))
  if (willing.length === 0) return 'all-declined'
  const skilled = willing.filter((each) => hasSkillsFor(each, parcel))
  if (skilled.length === 0) return 'no-skilled-courier'
  const able = skilled.filter(
    (each) => parcel.weight_grams <= each.capacity_grams && parcel.volume_litres <= each.capacity_litres,
  )
  if (able.length === 0) return 'too-large'
  const { missed_by, missed_until } = parcel
  const isPaused = missed_until !== null && missed_until > now && able.every(({ id }) => missed_by.includes(id))
  if (isPaused) return 'offers-missed'
  return isPlanned ? null : 'not-planned'
}
