import { Agent, request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { parentPort, workerData } from 'node:worker_threads'

/** One request of the honest client: milliseconds and the status of the response, 0 without one. */
export type HonestSample = Readonly<{ duration: number; status: number }>
export type HonestPlan = Readonly<{ port: number; variant_id: string; cart_token: string }>

/** Other customers send at most a hundred requests a second. */
const pause = 10
const agent = new Agent({ keepAlive: false })
const { port, variant_id, cart_token } = workerData as HonestPlan
let samples: HonestSample[] = []

/**
 * Runs in a thread of its own, so that the work of the attacker does not count as waiting time. It reads a list and changes
 * a cart in turn, each time on a new connection and from one of 250 addresses: many customers, of whom none reaches a limit.
 */
async function run(): Promise<never> {
  for (let count = 0; ; count++) {
    const change = JSON.stringify({ quantity: 1 + (count % 5) })
    const isRead = count % 2 === 0
    const started = performance.now()
    const status = await send({
      method: isRead ? 'GET' : 'PATCH',
      path: isRead ? '/api/v1/catalog/products' : `/api/v1/cart/items/${variant_id}`,
      from: `198.51.100.${1 + (count % 250)}`,
      body: isRead ? undefined : change,
    })
    samples.push({ duration: performance.now() - started, status })
    await sleep(pause)
  }
}

type Sent = Readonly<{ method: string; path: string; from: string; body: string | undefined }>

const send = ({ method, path, from, body }: Sent): Promise<number> =>
  new Promise((resolve) => {
    const headers = {
      'x-forwarded-for': from,
      ...(body !== undefined && { 'x-cart-token': cart_token, 'content-type': 'application/json' }),
    }
    request({ host: '127.0.0.1', port, method, path, agent, headers }, (response) => {
      response.resume().once('close', () => resolve(response.statusCode ?? 0))
    })
      .once('error', () => resolve(0))
      .end(body)
  })

parentPort?.on('message', () => {
  parentPort?.postMessage(samples, [])
  samples = []
})

void run()
