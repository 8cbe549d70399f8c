import { randomUUID } from 'node:crypto'
import { Refusal } from '../terminal/refusal.ts'

type Product = Readonly<{ variant_id: string; name: string; price: number; currency: string }>
type Session = Readonly<{ access_token: string }>
export type Order = Readonly<{
  id: string
  number: string
  status: string
  total_amount: number
  currency: string
  payment: Readonly<{ confirmation_url: string | null }>
}>
export type OrderEvent = Readonly<{ at: string; event: string; status: string; reason: string | null }>

/** A customer who uses the shop over HTTP. */
export class Shopper {
  readonly #url: string
  #token: string | undefined

  constructor(url: string) {
    this.#url = `${url.replace(/\/$/, '')}/api/v1`
  }

  async register(name: string): Promise<void> {
    const email = `${name.toLowerCase()}-${randomUUID().slice(0, 8)}@example.org`
    const session = await this.#send<Session>('POST', '/auth/register', {
      email,
      password: `${name} likes oolong 7`,
      name,
    })
    this.#token = session.access_token
  }

  /** Finds the first product of a list. */
  async find(path: string): Promise<Product> {
    const { items } = await this.#send<{ items: Product[] }>('GET', path)
    const [product] = items
    if (!product) throw new Refusal(`The shop lists no product at ${path}: add demo products with posad seed`)
    return product
  }

  putInCart = async ({ variant_id }: Product, quantity: number): Promise<void> => {
    await this.#send('POST', '/cart/items', { variant_id, quantity })
  }

  order = async (): Promise<Order> =>
    await this.#send<Order>('POST', '/orders', {
      delivery_method: 'courier',
      delivery_address: 'Коломна, ул. Посадская, 3, кв. 7',
      recipient_name: 'Анна',
      recipient_phone: '+7 912 345-67-89',
    })

  /** Yields the events of an order as they happen, until its end. */
  async *follow({ id }: Order): AsyncGenerator<OrderEvent> {
    const response = await this.#fetch('GET', `/orders/${id}/events`)
    let text = ''
    for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
      text += Buffer.from(chunk).toString()
      for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
        const line = text
          .slice(0, end)
          .split('\n')
          .find((part) => part.startsWith('data: '))
        text = text.slice(end + 2)
        if (line) yield JSON.parse(line.slice('data: '.length)) as OrderEvent
      }
    }
  }

  /** Approves the payment like a person on the sandbox's page: reads the form and submits it. False when there is no form. */
  async pay({ payment }: Order): Promise<boolean> {
    const page = new URL(payment.confirmation_url ?? '/', this.#url)
    const html = await (await fetch(page)).text()
    const form = /<form method="post" action="([^"]*approve[^"]*)">([\s\S]*?)<\/form>/.exec(html)
    if (!form?.[1]) return false
    const fields = [...(form[2] ?? '').matchAll(/name="([^"]+)" value="([^"]*)"/g)].map(([, name = '', value = '']) => [
      name,
      value,
    ])
    const response = await fetch(new URL(form[1], page), {
      method: 'POST',
      body: new URLSearchParams(fields),
      headers: { origin: page.origin },
      redirect: 'manual',
    })
    return response.status < 400
  }

  async #send<Result>(method: string, path: string, body?: object): Promise<Result> {
    const response = await this.#fetch(method, path, body)
    const received: unknown = response.status === 204 ? {} : await response.json()
    if (response.ok) return received as Result
    const { code, detail } = received as { code: string; detail: string }
    throw new Refusal(`${method} ${path} failed with ${response.status} ${code}: ${detail}`)
  }

  async #fetch(method: string, path: string, body?: object): Promise<Response> {
    const headers = {
      'accept-language': 'ru',
      ...(this.#token && { authorization: `Bearer ${this.#token}` }),
      ...(body && { 'content-type': 'application/json' }),
      ...(method === 'POST' && { 'idempotency-key': randomUUID() }),
    }
    return await fetch(`${this.#url}${path}`, { method, headers, ...(body && { body: JSON.stringify(body) }) }).catch(
      () => {
        throw new Refusal(`No shop answers at ${this.#url}: is it running?`)
      },
    )
  }
}
