import { subscribe } from 'node:diagnostics_channel'
import type { Socket } from 'node:net'

/** The environment variables that name the real servers of tests. `scripts/services.sh up` starts servers and prints them. */
export const testServers = {
  rabbitmq: process.env['RABBITMQ_URL'],
  kafka: process.env['KAFKA_BOOTSTRAP_SERVERS'],
}

/** The reason to skip the tests of a server without an address; false with one. Prints it, because reports of tests hide it. */
export function skipWithout(variable: string, address: string | undefined): string | false {
  if (address !== undefined) return false
  const reason = `${variable} is not set: eval "$(scripts/services.sh up)" starts the server`
  process.stderr.write(`\n*** SKIPPED: ${reason}\n`)
  return reason
}

/** Breaks the connections of this process to a server, whichever client made them. */
export function networkTo(address: string | undefined) {
  const port = Number(URL.parse(address?.includes('//') ? address : `tcp://${address}`)?.port)
  const sockets = new Set<Socket>()
  let isAway = false
  subscribe('net.client.socket', (published) => {
    const { socket } = published as { socket: Socket }
    socket.once('connect', () => {
      if (socket.remotePort !== port) return
      if (isAway) return void socket.destroy()
      sockets.add(socket)
      socket.once('close', () => sockets.delete(socket))
    })
  })
  const cut = () => sockets.forEach((socket) => socket.destroy())
  return {
    cut,
    away: () => {
      isAway = true
      cut()
    },
    back: () => {
      isAway = false
    },
  }
}
