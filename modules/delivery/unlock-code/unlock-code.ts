import { transaction } from '#platform/db'
import { notFound, type NotFound } from '#platform/outcome'
import { isShipment, lockShipment, saveCodeAttempts } from '../store/shipments.ts'
import type { DeliveryDb, Shipment } from '../store/tables.ts'

export type UnlockCodeOutcome = Readonly<{ kind: 'unlocked'; shipment: Shipment }> | NotFound
export type UnlockCode = (id: string) => Promise<UnlockCodeOutcome>

type Needs = Readonly<{ db: DeliveryDb }>

/** Staff let couriers try the pickup code again. A repeat changes nothing. */
export const unlockCode =
  ({ db }: Needs): UnlockCode =>
  (id) =>
    transaction(db, async (tx): Promise<UnlockCodeOutcome> => {
      const current = await lockShipment(tx, { id })
      if (!current || !isShipment(current)) return notFound('shipment')
      const shipment = await saveCodeAttempts(tx, id, { code_attempts: 0, code_locked_until: null })
      return { kind: 'unlocked', shipment }
    })
