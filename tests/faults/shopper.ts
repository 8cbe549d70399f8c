import { randomInt, randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { SignedInView } from '#identity/schema'
import { expectResponse } from '#platform/testing'
import { guest } from '../e2e/http-client.ts'
import { orderBecomes, password, toPickup, uniqueEmail } from '../e2e/purchase-steps.ts'
import { retryingClient } from './retrying-client.ts'

/** An order that the shop confirmed, with its last status. */
export type ConfirmedOrder = Readonly<{ id: string; as: string; status: string }>

/** How long a customer repeats a request to a shop that is down. */
export const retryFor = 60_000

/** Places one order after another under ids that she chooses, until `isOver`. She cancels one order in four. */
export async function buyUntil(
  address: string,
  variant_id: string,
  isOver: () => boolean,
): Promise<readonly ConfirmedOrder[]> {
  const client = retryingClient(address, retryFor)
  const credentials = { email: uniqueEmail('Anna'), password }
  await client.send(guest, 'POST /auth/register', { body: credentials, accept: [201, 409] })
  const login = await client.send(guest, 'POST /auth/login', { body: credentials })
  const { access_token: as } = expectResponse(login, 200, SignedInView)
  const orders: ConfirmedOrder[] = []
  while (!isOver()) {
    const id = randomUUID()
    const body = { ...toPickup, items: [{ variant_id, quantity: randomInt(1, 4) }] }
    await client.send(as, `PUT /orders/${id}`, { body })
    if (randomInt(4) === 0) {
      // A random pause is part of the load: the cancellation meets the order at a different step each time.
      await sleep(randomInt(50))
      await client.send(as, `POST /orders/${id}/cancel`, { accept: [200, 409] })
    }
    const { status } = await orderBecomes(client, { id, as }, ['fulfilled', 'cancelled'], retryFor)
    orders.push({ id, as, status })
  }
  return orders
}
