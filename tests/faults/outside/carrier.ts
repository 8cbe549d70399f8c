import type { Carrier } from '#delivery'
import { call } from './call.ts'
import { openUnreliableServer, type Mood } from './unreliable-server.ts'

/** A carrier outside: an HTTP server with its own list of shipments. */
export type OutsideCarrier = Readonly<{
  carrier: Carrier
  become: (mood: Mood) => void
  /** Every shipment that the carrier knows. */
  shipments: () => readonly Readonly<{ id: string; order_id: string | undefined; cancelled: boolean }>[]
  close: () => Promise<void>
}>

type Shipment = { id: string; order_id: string | undefined; cancelled: boolean }

export async function openCarrier(): Promise<OutsideCarrier> {
  const shipments = new Map<string, Shipment>()
  const server = await openUnreliableServer(({ path, body }) => {
    const [, , id = '', action] = path.split('/')
    const { order_id } = body as { order_id?: string }
    const shipment = shipments.get(id) ?? { id, order_id, cancelled: false }
    shipments.set(id, shipment)
    if (action === 'cancel') shipment.cancelled = true
    return { status: shipment.cancelled && action === undefined ? 409 : 200, body: {} }
  })
  const ask = async (path: string, body: object) => await call('carrier', `${server.address}/shipments/${path}`, body)
  return {
    carrier: {
      method: 'courier',
      create: async ({ id, order_id, delivery_address }) => {
        if (delivery_address === null) return { kind: 'refused', reason: 'address-missing' }
        await ask(id, { order_id })
        return { kind: 'created', status: 'pending', tracking_number: `C-${id.slice(-6)}`, pickup_code: null }
      },
      cancel: async ({ id }) => {
        await ask(`${id}/cancel`, {})
        return { kind: 'cancelled' }
      },
    },
    become: server.become,
    shipments: () => [...shipments.values()],
    close: server.close,
  }
}
