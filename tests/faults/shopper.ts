import { randomInt, randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { SignedInView } from '#identity/schema'
import { expectResponse } from '#platform/testing'
import { guest } from '../e2e/http-client.ts'
import { orderBecomes, password, toPickup, uniqueEmail } from '../e2e/purchase-steps.ts'
import { retryingClient, type RetryingClient } from './retrying-client.ts'

/** An order that the shop confirmed, with its last status. */
export type ConfirmedOrder = Readonly<{ id: string; as: string; status: string }>

/** How long a customer repeats a request to a shop that is down. Beside other tests a program takes half a minute to start. */
export const retryFor = 180_000

/** A customer who is signed in. */
export type Buyer = Readonly<{
  /** Places an order under an id that she chooses, and waits until it has ended. `cancels`: she cancels it at once. */
  buy: (variant_id: string, options?: Readonly<{ cancels?: boolean; pieces?: number }>) => Promise<ConfirmedOrder>
  client: RetryingClient
  as: string
}>

/** Registers a customer at a shop that may be down. */
export async function registerBuyer(address: string): Promise<Buyer> {
  const client = retryingClient(address, retryFor)
  const credentials = { email: uniqueEmail('Anna'), password }
  await client.send(guest, 'POST /auth/register', { body: credentials, accept: [201, 409] })
  const login = await client.send(guest, 'POST /auth/login', { body: credentials })
  const { access_token: as } = expectResponse(login, 200, SignedInView)
  return {
    client,
    as,
    buy: async (variant_id, { cancels = false, pieces = 1 } = {}) => {
      const id = randomUUID()
      await client.send(as, `PUT /orders/${id}`, { body: { ...toPickup, items: [{ variant_id, quantity: pieces }] } })
      if (cancels) {
        // A random pause is part of the load: the cancellation meets the order at a different step each time.
        await sleep(randomInt(50))
        await client.send(as, `POST /orders/${id}/cancel`, { accept: [200, 409] })
      }
      const { status } = await orderBecomes(client, { id, as }, ['fulfilled', 'cancelled'], retryFor)
      return { id, as, status }
    },
  }
}

/** Places one order after another until `isOver`. One in four is cancelled. */
export async function buyUntil(
  address: string,
  variant_id: string,
  isOver: () => boolean,
): Promise<readonly ConfirmedOrder[]> {
  const buyer = await registerBuyer(address)
  const orders: ConfirmedOrder[] = []
  while (!isOver()) {
    const cancels = randomInt(4) === 0
    orders.push(await buyer.buy(variant_id, { cancels, pieces: randomInt(1, 4) }))
  }
  return orders
}
