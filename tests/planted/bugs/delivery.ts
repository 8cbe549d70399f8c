import type { Bug } from '../bug.ts'

const delivery = (file: string) => `modules/delivery/${file}`

export const deliveryBugs: readonly Bug[] = [
  {
    description: 'a pickup point hands out a parcel for any code',
    requirement: 'DLV-3',
    file: delivery('shipment.ts'),
    text: 'code === parcel.pickup_code ? decision',
    replacement: 'code.length === parcel.pickup_code.length ? decision',
    caughtBy: delivery('shipment.test.ts'),
  },
  {
    description: 'a customer sees the shipment of another customer with its code',
    requirement: 'SEC-3',
    file: delivery('show-shipment/query.ts'),
    text: 'user_id !== undefined && shipment?.user_id === user_id',
    replacement: 'user_id !== undefined',
    caughtBy: 'tests/attacks/two-users.test.ts',
  },
  {
    description: 'a shipment is cancelled although its carrier refused',
    requirement: 'DLV-3',
    file: delivery('cancel-shipment/cancel-shipment.ts'),
    text: "decision.kind === 'refused' || prepared.kind === 'refused'",
    replacement: "decision.kind === 'refused'",
    caughtBy: delivery('cancel-shipment/cancel-shipment.test.ts'),
  },
  {
    description: 'the carrier gets no cancellation and brings the parcel of a cancelled order',
    requirement: 'DLV-3',
    file: delivery('cancel-shipment/cancel-shipment.ts'),
    text: 'return await carrier.cancel(shipment)',
    replacement: "return { kind: 'cancelled' }",
    caughtBy: delivery('cancel-shipment/cancel-shipment.test.ts'),
  },
  {
    description: 'the carrier gets a cancellation of a parcel that is under way',
    requirement: 'DLV-6',
    file: delivery('cancel-shipment/cancel-shipment.ts'),
    text: " || cancel(shipment, now()).kind !== 'changed'",
    replacement: '',
    caughtBy: delivery('cancel-shipment/cancel-shipment.test.ts'),
  },
  {
    description: 'an order that was cancelled before its shipment was made gets a shipment',
    requirement: 'DLV-6',
    file: delivery('cancel-shipment/cancel-shipment.ts'),
    text: 'if (await insertTombstone(tx, { event_id, order_id }, now)) return',
    replacement: 'if (!(await lockShipment(tx, { order_id }))) return',
    caughtBy: delivery('cancel-shipment/cancel-shipment.test.ts'),
  },
  {
    description: 'a repeated event registers the shipment at the carrier again',
    requirement: 'DLV-3',
    file: delivery('create-shipment/save-shipment.ts'),
    text: "  if (existing_id !== undefined) return { kind: 'exists', id: existing_id }\n",
    replacement: '',
    caughtBy: delivery('create-shipment/create-shipment.test.ts'),
  },
  {
    description: 'staff create a shipment for a closed order',
    requirement: 'DLV-1',
    file: delivery('create-shipment/create-shipment.ts'),
    text: "      if (state.kind === 'closed') return { kind: 'refused', reason: 'order-closed' }\n",
    replacement: '',
    caughtBy: delivery('create-shipment/create-shipment.test.ts'),
  },
]
