import type { Server, Socket } from 'node:net'
import { addressKey, Slots } from '#platform/limits'
import type { IsShared } from './shared-addresses.ts'

/** Connections that may be open at once. */
export type ConnectionCaps = Readonly<{ total: number; perAddress: number }>

/** The part of a server that connections pass. */
type Connectable = Pick<Server, 'maxConnections'> & {
  on: (event: 'connection', listener: (socket: Socket) => void) => unknown
}

/**
 * Closes a connection that exceeds the caps. The timeouts of Node do not end a connection whose client sends an empty line
 * now and then, so one client could take them all. A shared address counts only in total: the clients of many people are
 * behind it.
 */
export function capConnections(server: Connectable, { total, perAddress }: ConnectionCaps, isShared: IsShared): void {
  const slots = new Slots({ total: Infinity, perKey: perAddress })
  server.maxConnections = total
  server.on('connection', (socket) => {
    const { remoteAddress: address } = socket
    if (address === undefined || isShared(address)) return
    const release = slots.take(addressKey(address))
    if (release) socket.once('close', release)
    else socket.destroy()
  })
}
