import { createHmac, randomInt } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { ProviderUnavailable, type Charge, type Provider } from '#payments'
import { call } from './call.ts'
import { openUnreliableServer, type Call, type Mood } from './unreliable-server.ts'

/** A charge in the book of the bank. Its buyer pays, declines, or never opens the page. */
type BankCharge = {
  payment_id: string
  amount: number
  currency: string
  status: Charge['status']
  refunds: Map<string, number>
}

type Options = Readonly<{
  /** `decide`: of ten buyers eight pay, one declines and one never decides. `pay`: all pay at once. `wait`: no buyer comes. */
  buyers: 'decide' | 'pay' | 'wait'
}>

/** A bank outside: an HTTP server with a book of its own, and buyers who pay there. */
export type Bank = Readonly<{
  provider: Provider
  become: (mood: Mood) => void
  /** The number of received calls. */
  calls: () => number
  /** Every charge, with the sum of its refunds. */
  book: () => readonly Readonly<{ payment_id: string; status: string; amount: number; refunded: number }>[]
  /** Sends its webhooks to this shop from now on, each of them twice. */
  notify: (shop: string) => void
  close: () => Promise<void>
}>

const secret = 'a-secret-between-the-bank-and-the-shop'
const sign = (body: Uint8Array | string) => createHmac('sha256', secret).update(body).digest('hex')

export async function openBank({ buyers }: Options): Promise<Bank> {
  const charges = new Map<string, BankCharge>()
  let shop: string | undefined
  let closed = false
  const first = buyers === 'pay' ? 'succeeded' : 'pending'
  const server = await openUnreliableServer((received) => answer(charges, { ...received, first }))

  /** Buyers decide about new charges while the bank is reachable; the bank repeats a webhook until the shop takes it. */
  const serveBuyers = async () => {
    while (!closed) {
      await sleep(50)
      if (buyers !== 'decide' || server.mood() === 'away') continue
      for (const charge of charges.values())
        if (charge.status === 'pending' && decide(charge)) void notifyShop(charge.payment_id)
    }
  }
  const notifyShop = async (payment_id: string) => {
    const body = JSON.stringify({ id: `${payment_id}-decided`, payment_id })
    const send = async () =>
      (
        await fetch(`${shop}/api/v1/payments/webhooks/bank`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', 'x-bank-signature': sign(body) },
          body,
        })
      ).ok
    while (!closed && !(await send().catch(() => false))) await sleep(1000)
    if (!closed) await send().catch(() => false)
  }
  const served = serveBuyers()
  return {
    provider: providerAt(server.address),
    become: server.become,
    calls: server.calls,
    book: () =>
      [...charges.values()].map(({ payment_id, status, amount, refunds }) => ({
        payment_id,
        status,
        amount,
        refunded: [...refunds.values()].reduce((sum, refund) => sum + refund, 0),
      })),
    notify: (address) => {
      shop = address
    },
    close: async () => {
      closed = true
      await served
      await server.close()
    },
  }
}

/** Of ten buyers eight pay, one declines and one never decides. True when the charge changed. */
function decide(charge: BankCharge): boolean {
  const decision = Number.parseInt(charge.payment_id.slice(-4), 16) % 10
  if (decision === 0 || randomInt(4) > 0) return false
  charge.status = decision === 1 ? 'declined' : 'succeeded'
  return true
}

type Body = Readonly<{ payment_id: string; amount: number; currency: string; refund_id: string }>

/** `first`: the status of a new charge. */
type BankCall = Call & Readonly<{ first: 'pending' | 'succeeded' }>

function answer(charges: Map<string, BankCharge>, { method, path, body, first }: BankCall) {
  const [, , id = '', action] = path.split('/')
  const given = body as Body
  const charge = charges.get(id)
  if (method === 'GET') return charge ? { status: 200, body: shown(charge) } : { status: 404 }
  if (action === 'refunds') return charge ? refund(charge, given) : { status: 409 }
  const status = action === 'cancel' ? 'cancelled' : first
  const kept = charge ?? { ...given, status, refunds: new Map<string, number>() }
  charges.set(id, kept)
  if (action === 'cancel' && (kept.status === 'pending' || kept.status === 'processing')) kept.status = 'cancelled'
  return { status: 200, body: shown(kept) }
}

function refund(charge: BankCharge, { refund_id, amount }: Body) {
  const refunded = [...charge.refunds.values()].reduce((sum, each) => sum + each, 0)
  if (!charge.refunds.has(refund_id)) {
    if (charge.status !== 'succeeded' || refunded + amount > charge.amount) return { status: 409 }
    charge.refunds.set(refund_id, amount)
  }
  return { status: 200, body: {} }
}

const shown = ({ payment_id, amount, currency, status }: BankCharge): Charge => {
  const facts = { amount, currency, confirmation_url: `https://bank.example/${payment_id}` }
  return status === 'succeeded' ? { ...facts, status, transaction_id: `bank-${payment_id}` } : { ...facts, status }
}

/** The adapter of the shop to this bank. */
function providerAt(address: string): Provider {
  const ask = async (path: string, body?: object) =>
    await call('bank', `${address}/charges/${path}`, body).catch((error: unknown) => {
      throw new ProviderUnavailable('bank', error)
    })
  return {
    code: 'bank',
    methods: ['online'],
    start: async ({ payment_id, amount, currency }) =>
      (await ask(payment_id, { payment_id, amount, currency })).body as Charge,
    query: async ({ payment_id }) => {
      const { status, body } = await ask(payment_id)
      return status === 404 ? undefined : (body as Charge)
    },
    cancel: async ({ payment_id, amount, currency }) =>
      (await ask(`${payment_id}/cancel`, { payment_id, amount, currency })).body as Charge,
    refund: async ({ payment_id, refund_id, amount }) =>
      (await ask(`${payment_id}/refunds`, { refund_id, amount })).status === 200 ? 'refunded' : 'refused',
    parseWebhook: ({ headers, body }) => {
      if (headers['x-bank-signature'] !== sign(body)) return { kind: 'refused', reason: 'bad-signature' }
      const { id, payment_id } = JSON.parse(Buffer.from(body).toString()) as { id: string; payment_id: string }
      return { kind: 'authentic', webhook_id: id, payment_id }
    },
  }
}
