import type { FastifyInstance } from 'fastify'

declare module 'fastify' {
  interface FastifyInstance {
    /** Aborted when the server begins to stop: streams end, their readers come back to another process. */
    stopping: AbortSignal
  }
}

const lookEvery = 100

/**
 * Lets requests end when the server stops. Connections close as soon as nothing runs on them, and after `limit`
 * milliseconds whatever is still open is cut.
 */
export function drainOnClose(server: FastifyInstance, limit: number): void {
  const stopping = new AbortController()
  const timers: NodeJS.Timeout[] = []
  server.decorate('stopping', stopping.signal)
  server.addHook('preClose', (done) => {
    stopping.abort()
    const { server: sockets } = server
    timers.push(setInterval(() => sockets.closeIdleConnections(), lookEvery))
    timers.push(setTimeout(() => sockets.closeAllConnections(), limit))
    done()
  })
  server.addHook('onClose', (_server, done) => {
    for (const timer of timers) clearTimeout(timer)
    done()
  })
}
