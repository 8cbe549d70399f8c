import { BlockList, isIPv6, type Server, type Socket } from 'node:net'
import { addressKey, isPrivateAddress, Slots } from '#platform/limits'

/** Connections that may be open at once. */
export type ConnectionCaps = Readonly<{ total: number; perAddress: number }>

/** The part of a server that connections pass. */
type Connectable = Pick<Server, 'maxConnections'> & {
  on: (event: 'connection', listener: (socket: Socket) => void) => unknown
}

/**
 * Closes a connection that exceeds the caps. The timeouts of Node do not end a connection whose client sends an empty line
 * now and then, so one client could take them all. A trusted proxy and an address of a private network count only in all:
 * the clients of many people are behind them.
 */
export function capConnections(
  server: Connectable,
  { total, perAddress }: ConnectionCaps,
  trustedProxies: readonly string[],
): void {
  const slots = new Slots({ total: Infinity, perKey: perAddress })
  const proxies = networksOf(trustedProxies)
  server.maxConnections = total
  server.on('connection', (socket) => {
    const { remoteAddress: address } = socket
    if (address === undefined || isPrivateAddress(address) || proxies.check(address, familyOf(address))) return
    const release = slots.take(addressKey(address))
    if (release) socket.once('close', release)
    else socket.destroy()
  })
}

const familyOf = (address: string) => (isIPv6(address) ? 'ipv6' : 'ipv4')

/** The names that `TRUSTED_PROXIES` allows, such as `loopback`, stand for private networks. */
function networksOf(given: readonly string[]): BlockList {
  const networks = new BlockList()
  for (const network of given.filter((each) => /[.:]/.test(each))) {
    const [address = '', prefix] = network.split('/')
    if (prefix === undefined) networks.addAddress(address, familyOf(address))
    else networks.addSubnet(address, Number(prefix), familyOf(address))
  }
  return networks
}
