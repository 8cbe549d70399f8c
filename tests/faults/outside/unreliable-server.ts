import { createServer, type IncomingMessage } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'

/**
 * How a server of the outside behaves. `away`: it resets connections. `hanging`: it does nothing and never answers. `silent`:
 * it executes a call and never answers. `slow`: it answers late. `confused`: it answers every second call with a page for
 * people.
 */
export type Mood = 'well' | 'away' | 'hanging' | 'silent' | 'slow' | 'confused'

export type Call = Readonly<{ method: string; path: string; body: unknown }>
type Answer = Readonly<{ status: number; body?: unknown }>

/** An HTTP server that misbehaves on demand. */
export type UnreliableServer = Readonly<{
  address: string
  mood: () => Mood
  become: (mood: Mood) => void
  /** The number of received calls. */
  calls: () => number
  close: () => Promise<void>
}>

/** Milliseconds after which a slow server answers. */
const delay = 600

/** Starts a server on loopback; `answer` executes a call, at most once per received call. */
export async function openUnreliableServer(answer: (call: Call) => Answer): Promise<UnreliableServer> {
  let mood: Mood = 'well'
  let calls = 0
  const server = createServer(async (request, response) => {
    calls++
    if (mood === 'away') return void request.socket.resetAndDestroy()
    if (mood === 'hanging') return
    const { status, body } = answer(await callOf(request))
    if (mood === 'silent') return
    if (mood === 'slow') await sleep(delay)
    if (mood === 'confused' && calls % 2 === 0) return void response.end('<h1>We will be back soon</h1>')
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body ?? {}))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    mood: () => mood,
    calls: () => calls,
    become: (next) => {
      mood = next
      // A bank that comes back does not answer the calls of before.
      server.closeAllConnections()
    },
    close: async () => {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

async function callOf(request: IncomingMessage): Promise<Call> {
  const body = request.method === 'POST' ? await json(request) : undefined
  return { method: request.method ?? 'GET', path: request.url ?? '/', body }
}
