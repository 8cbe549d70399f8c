import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/**
 * How the network between two programs behaves. `slow`: each piece of data waits. `cut`: connections are reset, and new ones too.
 * `black hole`: connections stay open, and nothing arrives any more.
 */
export type NetworkMood = 'well' | 'slow' | 'cut' | 'black hole'

/** A TCP proxy that misbehaves on demand. */
export type FaultProxy = Readonly<{
  port: number
  become: (mood: NetworkMood) => void
  close: () => Promise<void>
}>

/** Milliseconds that each piece of data waits in a slow network. */
const delay = 150

/** Forwards connections on loopback to `port`. */
export async function openFaultProxy(port: number): Promise<FaultProxy> {
  let mood: NetworkMood = 'well'
  let heal = () => {}
  let healed: Promise<void> = Promise.resolve()
  const sockets = new Set<Socket>()
  const server = createServer((near) => {
    if (mood === 'cut') return void near.resetAndDestroy()
    const far = connect(port, '127.0.0.1')
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from)
      from.on('error', () => {})
      from.on('close', () => {
        sockets.delete(from)
        to.destroy()
      })
      void forward(from, to)
    }
  })

  /** One piece after the other, so that a late piece overtakes none. */
  async function forward(from: Socket, to: Socket): Promise<void> {
    try {
      for await (const bytes of from) {
        if (mood === 'slow') await sleep(delay)
        if (mood === 'black hole') await healed
        if (to.destroyed) return
        if (!to.write(bytes as Buffer)) await once(to, 'drain')
      }
      to.end()
    } catch {
      to.destroy()
    }
  }

  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    become: (next) => {
      mood = next
      heal()
      if (next === 'black hole') {
        const { promise, resolve } = Promise.withResolvers<void>()
        healed = promise
        heal = resolve
      }
      if (next === 'cut') for (const socket of sockets) socket.resetAndDestroy()
    },
    close: async () => {
      heal()
      server.close()
      for (const socket of sockets) socket.destroy()
      await once(server, 'close')
    },
  }
}
