import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { orderPaid } from '#ordering/events'
import { transaction, type Db } from '#platform/db'
import { publish, type NewEvent } from '#platform/events'
import type { Mail } from '#platform/mail'
import { openOutbound } from '#platform/outbound'
import { openSeal } from '#platform/seal'
import { assertNoViolations, deliverEvents, expectResponse, olga, openTestApi, testDatabase } from '#platform/testing'
import { newId, seconds } from '#platform/values'
import { deactivateEndpoint } from './deactivate-failing/deactivate-endpoint.ts'
import { webhooks } from './index.ts'
import { DeliveryDetails, DeliveryView, EndpointWithSecret } from './schema.ts'
import { openSender } from './send-deliveries/send-deliveries.ts'
import { Page } from '#platform/schema'

export type Received = Readonly<{ path: string; headers: IncomingHttpHeaders; body: string }>
type Answer = Readonly<{ status: number; headers?: Record<string, string>; body?: string }>

/** A program of the merchant that receives events: a real HTTP server. `answer` may wait. */
export async function openReceiver(answer: (request: Received) => Answer | Promise<Answer> = () => ({ status: 204 })) {
  const received: Received[] = []
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const part of request) body += String(part)
    const one = { path: request.url ?? '', headers: request.headers, body }
    received.push(one)
    const { status, headers = {}, body: text } = await answer(one)
    response.writeHead(status, headers).end(text)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/events`,
    received,
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** Opens webhooks over a database of its own, with its HTTP API and a stopped clock. */
export async function openWebhooksTest({ timeLimit = seconds(5) }: { timeLimit?: number } = {}) {
  const database = await testDatabase()
  let time = new Date('2026-11-22T09:00:00Z')
  const now = () => time
  const mails: Mail[] = []
  const mail = { send: async (_tx: unknown, one: Mail) => void mails.push(one) }
  const sealSecret = 'a secret that encrypts the secrets of endpoints'
  const outbound = openOutbound({ reach: 'any', timeLimit })
  const needs = { now, mail, shopName: 'Posad', outbound }
  const module = webhooks({ ...needs, db: database.db, reach: 'any', sealSecret })
  const strict = webhooks({ ...needs, db: database.db, reach: 'public', sealSecret })
  const [api, strictApi] = [await openTestApi([module]), await openTestApi([strict])]
  const failures: unknown[] = []
  const senderOver = (over: Db, secret = sealSecret) =>
    openSender(
      {
        ...needs,
        db: over,
        seal: openSeal(secret, 'webhook secrets'),
        deactivate: deactivateEndpoint(needs),
        wake: () => {},
      },
      (error) => failures.push(error),
    )
  const sender = senderOver(database.db)
  const read = async (path: `/${string}`) => await api.send(olga, `GET /admin/webhooks${path}`)

  const addEndpoint = async (body: object) => {
    const input = { event_types: [orderPaid.type], ...body }
    return expectResponse(await api.send(olga, 'POST /admin/webhooks', { body: input }), 201, EndpointWithSecret)
  }
  /** Publishes events of other modules and runs the handlers. */
  const deliver = async (...events: readonly NewEvent[]) => {
    await transaction(database.db, (tx) => publish(tx, events))
    await deliverEvents(database.db, [module], { together: true })
  }
  return {
    ...database,
    module,
    mails,
    deactivate: deactivateEndpoint(needs),
    failures,
    sender,
    /** The sender of another process. */
    elsewhere: () => senderOver(database.openSecondDb()),
    /** This shop after its `WEBHOOK_SECRET` has changed. */
    withOtherSecret: async () => {
      const secret = 'another secret than the one that was there before'
      const changed = webhooks({ ...needs, db: database.db, reach: 'any', sealSecret: secret })
      const { send, close } = await openTestApi([changed])
      return { module: changed, send, close, sender: senderOver(database.db, secret) }
    },
    now,
    send: api.send,
    /** Sends a request to a shop that reaches addresses of the Internet only. */
    sendToStrict: strictApi.send,
    advance: (milliseconds: number) => {
      time = new Date(time.getTime() + milliseconds)
    },
    addEndpoint,
    deliver,
    /** An order is paid; returns the id of the event. */
    pay: async (): Promise<string> => {
      const event_id = newId()
      await deliver(orderPaid({ order_id: newId(), user_id: newId(), payment_id: newId() }, event_id))
      return event_id
    },
    /** Makes all attempts that are due, and waits for their results. */
    attempt: async () => {
      const started = await sender.send()
      await sender.idle()
      assert.deepEqual(failures, [])
      return started
    },
    deliveriesTo: async (id: string, query = '') =>
      expectResponse(await read(`/${id}/deliveries${query}`), 200, Page(DeliveryView)).items,
    showDelivery: async ({ id, endpoint_id }: { id: string; endpoint_id: string }) =>
      expectResponse(await read(`/${endpoint_id}/deliveries/${id}`), 200, DeliveryDetails),
    assertNoViolations: () => assertNoViolations(module),
    close: async () => {
      await sender.idle()
      await outbound.close()
      await api.close()
      await strictApi.close()
      await database.close()
    },
  }
}

export type WebhooksTest = Awaited<ReturnType<typeof openWebhooksTest>>
