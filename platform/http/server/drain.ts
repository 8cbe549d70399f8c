import type { FastifyInstance } from 'fastify'

const idleCheckInterval = 100

/**
 * Lets running requests end when the server stops. Connections close as soon as they are idle; after `timeout`
 * milliseconds the server closes the rest.
 */
export function drainOnClose(server: FastifyInstance, timeout: number): void {
  const stopping = new AbortController()
  const timers: NodeJS.Timeout[] = []
  server.decorate('stopping', stopping.signal)
  server.addHook('preClose', (done) => {
    stopping.abort()
    const { server: connections } = server
    timers.push(setInterval(() => connections.closeIdleConnections(), idleCheckInterval))
    timers.push(setTimeout(() => connections.closeAllConnections(), timeout))
    done()
  })
  server.addHook('onClose', (_server, done) => {
    for (const timer of timers) clearTimeout(timer)
    done()
  })
}
