import type { Kysely } from 'kysely'
import { transaction } from '#platform/db'
import { publish } from '#platform/events'
import type { Clock } from '#platform/values'
import { move, type Moving } from '../shipment.ts'
import { isShipment, keepMove, lockShipment, newsOfMove, type KeptShipment } from '../shipments.ts'
import type { Status } from '../status.ts'
import type { DeliveryTables } from '../tables.ts'

type Needs = { db: Kysely<DeliveryTables>; now: Clock }

type MoveInput = Readonly<{ status: Status; reason?: string | undefined; tracking_number?: string | undefined }>
export type MoveOutcome =
  | Readonly<{ kind: 'moved'; shipment: KeptShipment }>
  | Readonly<{ kind: 'unknown' }>
  | Extract<Moving, { kind: 'refused' }>
export type MoveShipment = (id: string, input: MoveInput) => Promise<MoveOutcome>

/** Staff say how far a parcel has come. */
export const moveShipment =
  ({ db, now }: Needs): MoveShipment =>
  (id, { status, reason, tracking_number }) =>
    transaction(db, async (tx) => {
      const standing = await lockShipment(tx, { id })
      if (!standing || !isShipment(standing)) return { kind: 'unknown' }
      const at = now()
      const moving = move(standing, status, { now: at, reason: reason })
      if (moving.kind === 'refused') return moving
      if (moving.kind === 'stands') return { kind: 'moved', shipment: standing }
      const shipment = await keepMove(tx, id, { ...moving, now: at, tracking_number })
      await publish(tx, newsOfMove(standing, moving.from, moving))
      return { kind: 'moved', shipment }
    })
