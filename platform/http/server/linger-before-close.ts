import type { Server } from 'node:http'
import type { Socket } from 'node:net'

/** A client that is still sending has this long to read the answer. */
const lingerTime = 1000
/** And this many bytes of its body are read away meanwhile. */
const maxDiscarded = 16 << 20

/**
 * Reads the rest of a refused body away for a moment before a connection closes. Without it the system resets the
 * connection, and a client that still sends, such as the gateway, loses the answer that says why.
 */
export function lingerBeforeClose(server: Server): void {
  server.on('request', ({ socket, complete, headers }) => {
    const hasBody = headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
    if (complete || !hasBody || Object.hasOwn(socket, 'destroySoon')) return
    // Node calls this after the last response of a connection.
    socket.destroySoon = () => linger(socket)
  })
}

function linger(socket: Socket): void {
  if (socket.destroyed) return
  const readBefore = socket.bytesRead
  const destroy = () => socket.destroy()
  const timer = setTimeout(destroy, lingerTime)
  const check = setInterval(() => {
    if (socket.bytesRead - readBefore > maxDiscarded) destroy()
  }, 20)
  socket.once('close', () => {
    clearTimeout(timer)
    clearInterval(check)
  })
  socket.once('end', destroy)
  socket.end()
  socket.resume()
}
