import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { ProviderUnavailable, type Charge, type Provider } from '#payments'

/**
 * `away` closes every connection. `hanging` never answers and does nothing. `silent` does what it is asked, and its answer
 * is lost. `lying` reports another amount.
 */
type Behaviour = 'up' | 'away' | 'hanging' | 'silent' | 'lying'
type Call = Readonly<{ payment_id: string; amount: number; currency: string; refund_id?: string }>
type Booked = { status: 'pending' | 'succeeded' | 'cancelled'; amount: number; currency: string; refunds: Set<string> }

/** A bank outside: an HTTP server with books of its own, in memory. */
export async function openFakeBank() {
  const state = { behaviour: 'up' as Behaviour, newCharges: 'succeeded' as 'succeeded' | 'pending', calls: 0 }
  const book = new Map<string, Booked>()
  const server = createServer((request, response) => void answer(request, response))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const call = (await json(request)) as Call
    state.calls++
    if (state.behaviour === 'hanging') return
    if (state.behaviour === 'away') return void request.socket.destroy()
    const result = execute(request.url ?? '', call)
    if (state.behaviour === 'silent') return void request.socket.destroy()
    const reported = state.behaviour === 'lying' && result ? { ...result, amount: 1 } : result
    response.setHeader('content-type', 'application/json').end(JSON.stringify(reported ?? null))
  }

  function execute(path: string, { payment_id, refund_id, amount, currency }: Call): object | undefined {
    const booked = book.get(payment_id)
    if (path === '/query') return booked && chargeOf(payment_id, booked)
    if (path === '/refund') return booked && void booked.refunds.add(refund_id ?? '')
    const status = path === '/cancel' ? 'cancelled' : state.newCharges
    const charge = booked ?? { status, amount, currency, refunds: new Set() }
    if (path === '/cancel' && charge.status === 'pending') charge.status = 'cancelled'
    book.set(payment_id, charge)
    return chargeOf(payment_id, charge)
  }

  return {
    state,
    book,
    provider: bankProvider(`http://127.0.0.1:${(server.address() as AddressInfo).port}`),
    close: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

function chargeOf(payment_id: string, { status, amount, currency }: Booked): Charge {
  const facts = { amount, currency, confirmation_url: null }
  return status === 'succeeded' ? { ...facts, status, transaction_id: `bank-${payment_id}` } : { ...facts, status }
}

/** The adapter to the bank. It waits for half a second. */
function bankProvider(address: string): Provider {
  async function call<Answer>(path: string, body: object): Promise<Answer> {
    try {
      const signal = AbortSignal.timeout(500)
      const response = await fetch(`${address}${path}`, { method: 'POST', body: JSON.stringify(body), signal })
      return (await response.json()) as Answer
    } catch (error) {
      throw new ProviderUnavailable('bank', error)
    }
  }
  return {
    code: 'bank',
    methods: ['online'],
    start: async (input) => await call<Charge>('/start', input),
    query: async (key) => (await call<Charge | null>('/query', key)) ?? undefined,
    cancel: async (key) => await call<Charge>('/cancel', key),
    refund: async (input) => (await call('/refund', input), 'refunded'),
  }
}
