import { BlockList, isIPv6 } from 'node:net'

const networks = new BlockList()
networks.addSubnet('127.0.0.0', 8, 'ipv4')
networks.addSubnet('10.0.0.0', 8, 'ipv4')
networks.addSubnet('172.16.0.0', 12, 'ipv4')
networks.addSubnet('192.168.0.0', 16, 'ipv4')
networks.addSubnet('169.254.0.0', 16, 'ipv4')
networks.addAddress('::1', 'ipv6')
networks.addSubnet('fc00::', 7, 'ipv6')
networks.addSubnet('fe80::', 10, 'ipv6')

/** True for an address of this machine or of a private network, which no client on the Internet has. */
export function isPrivateAddress(address: string): boolean {
  const [bare = ''] = address.split('%', 1)
  return networks.check(bare, isIPv6(bare) ? 'ipv6' : 'ipv4')
}
