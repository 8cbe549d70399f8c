import { setTimeout as sleep } from 'node:timers/promises'
import { Connection, isSuccess } from './connection.ts'
import type { CheckoutBuyer, CheckoutStep } from './checkout-plan.ts'
import { rawRequest, type Request } from './raw-request.ts'

const orderInput = { delivery_method: 'pickup', recipient_name: 'Anna', recipient_phone: '+7 912 345-67-89' }

/** The requests of one buyer over one connection. Repeats an early payment; any other response must be 2xx. */
export type CheckoutClient = Readonly<{
  /** Adds two variants to the cart, and waits until the items of the last order have left it. */
  fillCart: () => Promise<void>
  /** Orders the cart and returns the id of the order. */
  order: () => Promise<string>
  pay: (order_id: string) => Promise<void>
  /** Reads the order and returns whether it is paid. */
  seesPaid: (order_id: string) => Promise<boolean>
  close: () => void
}>

/** Receives the milliseconds of each request. */
type Recorder = (step: CheckoutStep, milliseconds: number) => void

/** The members of the responses that a buyer reads. */
type Body = Readonly<{ id: string; status: string; items: readonly unknown[] }>

/** A payment that payments does not expect yet, and did not wait for. */
const isNotFound = (response: Buffer): boolean => response.toString('latin1', 9, 12) === '404'

/** Milliseconds of the first and of the longest pause between two looks at an order; each pause is twice the last one. */
const firstPause = 2
const longestPause = 100

export async function openCheckoutClient(
  port: number,
  { token, pairs }: CheckoutBuyer,
  record: Recorder = () => {},
): Promise<CheckoutClient> {
  let connection = await Connection.open(port)
  const send = async (step: CheckoutStep, request: Request) => {
    if (connection.closed) connection = await Connection.open(port)
    const started = performance.now()
    let response = await connection.send(rawRequest({ ...request, token }))
    for (; step === 'pay' && isNotFound(response); record('early', performance.now() - started)) {
      await sleep(longestPause)
      response = await connection.send(rawRequest({ ...request, token }))
    }
    record(step, performance.now() - started)
    if (!isSuccess(response)) throw new Error(`${request.path}: ${response.toString().slice(0, 1000)}`)
    return JSON.parse(response.toString('utf8', response.indexOf('\r\n\r\n') + 4)) as Body
  }
  const post = (step: CheckoutStep, path: string, body: object) =>
    send(step, { method: 'POST', path: `/api/v1${path}`, body })
  let filled = 0
  return {
    fillCart: async () => {
      const [first, second] = pairs[filled++ % pairs.length] ?? []
      await post('add', '/cart/items', { variant_id: first, quantity: 1 })
      let cart = await post('add', '/cart/items', { variant_id: second, quantity: 1 })
      while (cart.items.length > 2) {
        await sleep(firstPause)
        cart = await send('look', { path: '/api/v1/cart' })
      }
    },
    order: async () => (await post('order', '/orders', orderInput)).id,
    pay: async (order_id) => void (await post('pay', '/payments/process', { order_id })),
    seesPaid: async (order_id) => {
      const { status } = await send('look', { path: `/api/v1/orders/${order_id}` })
      if (status === 'cancelled') throw new Error(`The order ${order_id} was cancelled`)
      return status !== 'created' && status !== 'processing'
    },
    close: () => connection.close(),
  }
}

/** Fills the cart, orders, pays, and looks at the order until it is paid. Returns the id of the order. */
export async function checkOut(client: CheckoutClient): Promise<string> {
  await client.fillCart()
  const order_id = await client.order()
  await client.pay(order_id)
  for (let pause = firstPause; !(await client.seesPaid(order_id)); pause = Math.min(2 * pause, longestPause)) {
    await sleep(pause)
  }
  return order_id
}
