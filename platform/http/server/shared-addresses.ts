import { BlockList, isIPv6 } from 'node:net'
import { isPrivateAddress } from '#platform/limits'

/** True for an address behind which many people are: a trusted proxy, or an address of a private network. */
export type IsShared = (address: string) => boolean

/** Caps and limits of one address do not count shared ones. */
export function sharedAddresses(trustedProxies: readonly string[]): IsShared {
  const proxies = networksOf(trustedProxies)
  return (address) => isPrivateAddress(address) || proxies.check(address, familyOf(address))
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
