import { bodyOf, type Api, type Schemas } from './api/client.ts'
import { createStore } from './store.ts'

/** The ways to an order: as its owner, or by the private link of a guest. */
export type OrderAccess = Readonly<{
  /** Distinguishes orders. */
  key: string
  read: () => Promise<Schemas['Order']>
  readShipment: () => Promise<Schemas['Shipment']>
  /** The address of the stream of its events; a stream of an account needs a token for each opening. */
  streamUrl: () => Promise<string>
  cancel: () => Promise<unknown>
  readReturns: () => Promise<Schemas['OrderReturns']>
  /** The same key and body again ask for the same return. */
  requestReturn: (body: Schemas['RequestReturnBody'], key: string) => Promise<Schemas['OrderReturn']>
}>

const newKey = () => ({ 'Idempotency-Key': crypto.randomUUID() })

/** The newest returns of an order. */
const mostReturns = { page_size: 100 }

/** The order of the signed-in reader. */
export const ownOrder = (api: Api, id: string): OrderAccess => ({
  key: id,
  read: () => bodyOf(api.GET('/api/v1/orders/{id}', { params: { path: { id } } })),
  readShipment: () => bodyOf(api.GET('/api/v1/delivery/order/{order_id}', { params: { path: { order_id: id } } })),
  streamUrl: async () => (await bodyOf(api.POST('/api/v1/orders/{id}/events/token', { params: { path: { id } } }))).url,
  cancel: () =>
    bodyOf(api.POST('/api/v1/orders/{id}/cancel', { params: { path: { id }, header: newKey() }, body: {} })),
  readReturns: () => bodyOf(api.GET('/api/v1/orders/{id}/returns', { params: { path: { id }, query: mostReturns } })),
  requestReturn: (body, key) => {
    const params = { path: { id }, header: { 'Idempotency-Key': key } }
    return bodyOf(api.POST('/api/v1/orders/{id}/returns', { params, body }))
  },
})

/** The order of a guest: its link is all that its page needs. */
export const linkedOrder = (api: Api, token: string): OrderAccess => {
  const path = { token }
  return {
    key: token,
    read: () => bodyOf(api.GET('/api/v1/orders/by-link/{token}', { params: { path } })),
    readShipment: () => bodyOf(api.GET('/api/v1/orders/by-link/{token}/shipment', { params: { path } })),
    streamUrl: async () => `/api/v1/orders/by-link/${token}/events`,
    cancel: () =>
      bodyOf(api.POST('/api/v1/orders/by-link/{token}/cancel', { params: { path, header: newKey() }, body: {} })),
    readReturns: () =>
      bodyOf(api.GET('/api/v1/orders/by-link/{token}/returns', { params: { path, query: mostReturns } })),
    requestReturn: (body, key) => {
      const params = { path, header: { 'Idempotency-Key': key } }
      return bodyOf(api.POST('/api/v1/orders/by-link/{token}/returns', { params, body }))
    },
  }
}

const linksKey = 'posad.order-links'

/** The private links of this browser by order: the page of a payment leads back to the id of the order. */
export const orderLinks = createStore<Readonly<Record<string, string>>>({})

/** Reads the links that this browser stored. */
export function readOrderLinks(): void {
  try {
    orderLinks.set(JSON.parse(localStorage.getItem(linksKey) ?? '{}') as Record<string, string>)
  } catch {
    orderLinks.set({})
  }
}

/** Stores the link of an order that a guest has placed or opened; the last twenty stay. */
export function saveOrderLink(id: string, token: string): void {
  if (orderLinks.get()[id] === token) return
  const others = Object.entries(orderLinks.get()).filter(([known]) => known !== id)
  storeLinks([...others, [id, token]].slice(-20))
}

/** Deletes a link that opens nothing any more: a newer one has replaced it. */
export const dropOrderLink = (id: string): void =>
  storeLinks(Object.entries(orderLinks.get()).filter(([known]) => known !== id))

function storeLinks(entries: readonly (readonly string[])[]): void {
  const links = Object.fromEntries(entries) as Readonly<Record<string, string>>
  localStorage.setItem(linksKey, JSON.stringify(links))
  orderLinks.set(links)
}
