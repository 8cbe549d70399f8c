import type { DeliveryApi } from '../api.ts'
import type { OpenPoints } from '../store/pickup-points.ts'

/** Chooses the open pickup point of an order. */
export const choosePickupPoint =
  ({ points }: Readonly<{ points: OpenPoints }>): DeliveryApi['choosePickupPoint'] =>
  async (pickup_point_id) => {
    const open = await points.list()
    const [only] = open
    if (only === undefined) return { kind: 'refused', reason: 'no-pickup-point' }
    const chosen = pickup_point_id?.toLowerCase() ?? (open.length === 1 ? only : undefined)
    if (chosen === undefined) return { kind: 'refused', reason: 'pickup-point-missing' }
    if (!open.includes(chosen)) return { kind: 'refused', reason: 'pickup-point-unavailable' }
    return { kind: 'chosen', pickup_point_id: chosen }
  }
