import { randomInt, randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { persistently } from './mortal-shop.ts'

/** An order that somebody was told of, and how it ended. */
export type Bought = Readonly<{ id: string; as: string; status: string }>

/** How long a customer waits for a shop that is away. */
const patience = 60_000

export type Asked = Readonly<{ as?: string; body?: object; accept?: readonly number[] }>

/** Asks until there is an answer that is no fault of the shop's. */
export const askPersistently = async (address: string, [method, path]: readonly [string, string], asked: Asked = {}) =>
  await persistently(async (): Promise<any> => {
    const { as, body, accept = [200, 201] } = asked
    const answer = await fetch(`${address}/api/v1${path}`, {
      method,
      headers: { ...(as && { authorization: `Bearer ${as}` }), ...(body && { 'content-type': 'application/json' }) },
      signal: AbortSignal.timeout(10_000),
      ...(body && { body: JSON.stringify(body) }),
    })
    const text = await answer.text()
    if (!accept.includes(answer.status)) throw new Error(`${method} ${path}: ${answer.status} ${text}`)
    return JSON.parse(text)
  }, patience)

/** Buys one thing after the other until `isOver`, under ids of her own; one order of four is called off on its way. */
export async function shopper(address: string, variant_id: string, isOver: () => boolean): Promise<readonly Bought[]> {
  const email = `anna-${randomUUID()}@example.org`
  const password = 'oolong and peonies 7'
  await askPersistently(address, ['POST', '/auth/register'], { body: { email, password }, accept: [201, 409] })
  const { access_token: as } = await askPersistently(address, ['POST', '/auth/login'], { body: { email, password } })
  const bought: Bought[] = []
  while (!isOver()) {
    const id = randomUUID()
    const items = [{ variant_id, quantity: randomInt(1, 4) }]
    await askPersistently(address, ['PUT', `/orders/${id}`], { as, body: { delivery_method: 'pickup', items } })
    if (randomInt(4) === 0) {
      await sleep(randomInt(50))
      await askPersistently(address, ['POST', `/orders/${id}/cancel`], { as, accept: [200, 409] })
    }
    bought.push({ id, as, status: await endOf(address, { id, as }) })
  }
  return bought
}

const endOf = async (address: string, { id, as }: { id: string; as: string }): Promise<string> =>
  await persistently(async () => {
    const { status, timeline } = await askPersistently(address, ['GET', `/orders/${id}`], { as })
    if (status !== 'fulfilled' && status !== 'cancelled') throw new Error(`${status}: ${JSON.stringify(timeline)}`)
    return status as string
  }, patience)
