import type { RequestListener, Server } from 'node:http'
import type { Socket } from 'node:net'

/** Browsers and HTTP libraries send one request per connection at a time. */
const maxUnanswered = 16

/** A connection with unanswered requests. `sent` is what its client had taken at the moment `since`. */
type Busy = { unanswered: number; sent: string; since: number }

/**
 * Bounds what one connection keeps in memory, and passes its requests on to `handle`. Node reads a whole packet of
 * pipelined requests and keeps all their responses until the client reads them, so a connection with more than 16
 * unanswered requests is closed. So is a connection whose client has read nothing of a waiting response for `writeTimeout`
 * milliseconds. The timeout of a socket does not show that: every byte that the client sends restarts it.
 */
export function boundConnections(server: Server, handle: RequestListener, writeTimeout: number): void {
  const busy = new Map<Socket, Busy>()
  server.on('connection', (socket) => socket.once('close', () => busy.delete(socket)))
  server.on('request', (request, response) => {
    const { socket } = request
    // The rest of the packet of a closed connection.
    if (socket.destroyed) return
    const connection = busy.get(socket) ?? { unanswered: 0, sent: '', since: 0 }
    busy.set(socket, connection)
    if (connection.unanswered === maxUnanswered) return void socket.destroy()
    connection.unanswered++
    response.once('close', () => --connection.unanswered === 0 && busy.delete(socket))
    handle(request, response)
  })
  const timer = setInterval(() => {
    for (const [socket, connection] of busy) if (readsNothing(socket, connection, writeTimeout)) socket.destroy()
  }, writeTimeout / 4)
  timer.unref()
  server.once('close', () => clearInterval(timer))
}

function readsNothing(socket: Socket, connection: Busy, writeTimeout: number): boolean {
  if (socket.writableLength === 0) connection.since = Date.now()
  const sent = sentOn(socket)
  if (sent !== connection.sent) Object.assign(connection, { sent, since: Date.now() })
  return Date.now() - connection.since >= writeTimeout
}

/**
 * Changes whenever the client takes bytes: the bytes of finished writes, and those that remain of the present one. Only
 * Node's internal handle knows the second number; without it a slow client of a large response would seem to read nothing.
 */
function sentOn(socket: Socket): string {
  const { _handle: handle } = socket as Socket & { _handle?: { writeQueueSize?: number } | null }
  return `${socket.bytesWritten - socket.writableLength}/${handle?.writeQueueSize ?? 0}`
}
