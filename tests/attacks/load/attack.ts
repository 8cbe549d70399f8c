import { Agent, request, type IncomingHttpHeaders } from 'node:http'
import { connect, type Socket } from 'node:net'
import { OrderView } from '#ordering/schema'
import { expectResponse } from '#platform/testing'
import { registerCustomer, shipmentOf, orderBecomes, firstOf, toPickup } from '../../e2e/purchase-steps.ts'
import type { AttackedShop } from './attacked-shop.ts'

/** One attack of the table in docs/reliability.md. */
export type Attack = Readonly<{
  /** The finding that it repeats, such as F-30. */
  id: string
  /** A sentence about the result, for the name of the test. */
  name: string
  /** Creates what an attack of `seconds` needs, before anything is measured. */
  prepare: (shop: AttackedShop, seconds: number) => Promise<PreparedAttack>
}>

type PreparedAttack = Readonly<{
  /** Attacks until `isOver`, asserts what the attacker gets, and describes it for the table. */
  run: (isOver: () => boolean) => Promise<string>
  /** Asserts what others get after the attack. */
  verify?: () => Promise<void>
}>

/** The address of an attacker who has one. */
export const attacker = '203.0.113.66'
/** The address of a customer who has nothing to do with the attack. */
export const other = '192.0.2.7'
/** The addresses of an attacker who has many: 65,536 of the network for benchmarks (RFC 2544). */
export const attackerOf = (i: number): string => `198.18.${(i >> 8) & 255}.${i & 255}`

/** Repeats `step` in `parallel` loops until `isOver`; returns the number of steps. */
export async function repeat(
  parallel: number,
  isOver: () => boolean,
  step: (i: number) => Promise<unknown>,
): Promise<number> {
  let count = 0
  const loop = async () => {
    while (!isOver()) await step(count++)
  }
  await Promise.all(Array.from({ length: parallel }, loop))
  return count
}

type Sent = Readonly<{
  method: string
  path: string
  from: string
  headers?: Readonly<Record<string, string>>
  body?: object
}>
type Received = Readonly<{ status: number; headers: IncomingHttpHeaders; text: string }>

const agent = new Agent({ keepAlive: true, maxSockets: 400 })

/** Sends a request as cheaply as Node can: the attacker shares the machine with the shop. Status 0 is a closed connection. */
export const sendTo = (
  { port }: Readonly<{ port: number }>,
  { method, path, from, headers, body }: Sent,
): Promise<Received> =>
  new Promise((resolve) => {
    const sent = { 'x-forwarded-for': from, ...(body && { 'content-type': 'application/json' }), ...headers }
    request({ host: '127.0.0.1', port, method, path, agent, headers: sent }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (part: string) => (text += part))
      response.once('close', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }))
    })
      .once('error', () => resolve({ status: 0, headers: {}, text: '' }))
      .end(body && JSON.stringify(body))
  })

/** Opens a connection and sends the head of a GET request, `copies` times at once. */
export function openGet(
  { port }: Readonly<{ port: number }>,
  { path, from, copies = 1 }: Readonly<{ path: string; from: string; copies?: number }>,
): Socket {
  const socket = connect(port, '127.0.0.1').on('error', () => {})
  socket.write(`GET ${path} HTTP/1.1\r\nhost: shop\r\nx-forwarded-for: ${from}\r\n\r\n`.repeat(copies))
  return socket
}

/** The status of the first response on a connection, 0 when it is closed before. */
export const statusOn = (socket: Socket): Promise<number> =>
  new Promise((resolve) => {
    socket.once('data', (bytes: Buffer) => resolve(Number(/^HTTP\/1.1 (\d+)/.exec(bytes.toString('latin1'))?.[1] ?? 0)))
    socket.once('close', () => resolve(0))
  })

/** A cash order that waits at the pickup point, and its shipment. */
export async function pickupOrder({ sendFrom }: AttackedShop, from: string) {
  const client = { send: sendFrom(from) }
  const { access_token: as } = await registerCustomer(client)
  const { variant_id } = await firstOf(client, 'teas')
  const body = { ...toPickup, payment_method: 'cash_on_delivery', items: [{ variant_id, quantity: 1 }] }
  const { id } = expectResponse(await client.send(as, 'POST /orders', { body }), 201, OrderView)
  await orderBecomes(client, { id, as }, 'shipping')
  return { id, as, shipment: await shipmentOf(client, { id, as }) }
}
