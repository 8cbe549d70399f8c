import { Resolver } from 'node:dns/promises'
import { isPublicAddress } from './public-address.ts'

export type ResolvedAddress = Readonly<{ address: string; family: 4 | 6 }>

/** Finds the addresses of a name; rejects when it has none. */
export type Resolve = (hostname: string) => Promise<readonly ResolvedAddress[]>

/** A name leads to an address that the Internet does not route. */
export class AddressNotPublic extends Error {
  override name = 'AddressNotPublic'
}

/** Asks the name servers without the threads that file access and password hashing need: a name server may be slow. */
export function systemResolve(): Resolve {
  const resolver = new Resolver({ timeout: 2000, tries: 2 })
  return async (hostname) => {
    const [ipv4, ipv6] = await Promise.allSettled([resolver.resolve4(hostname), resolver.resolve6(hostname)])
    if (ipv4.status === 'rejected' && ipv6.status === 'rejected') throw ipv4.reason
    const found = (addresses: typeof ipv4, family: 4 | 6) =>
      addresses.status === 'fulfilled' ? addresses.value.map((address) => ({ address, family })) : []
    return [...found(ipv4, 4), ...found(ipv6, 6)]
  }
}

type LookupOptions = Readonly<{ all?: boolean | undefined }>
type LookupCallback = (error: Error | null, address: string | ResolvedAddress[], family?: number) => void

/**
 * The `lookup` of a connection. It is the only resolution: the socket connects to the addresses that were checked, so a name
 * server that answers differently a moment later gains nothing.
 */
export const publicLookup =
  (resolve: Resolve) =>
  (hostname: string, options: LookupOptions, callback: LookupCallback): void => {
    const answer = async () => {
      let found: readonly [ResolvedAddress, ...ResolvedAddress[]]
      try {
        found = await resolvePublic(resolve, hostname)
      } catch (error) {
        return callback(error as Error, '')
      }
      const [{ address, family }] = found
      return options.all ? callback(null, [...found]) : callback(null, address, family)
    }
    void answer()
  }

/** The addresses of a name. One private address among several refuses the name. */
async function resolvePublic(resolve: Resolve, hostname: string) {
  const [first, ...others] = await resolve(hostname)
  if (!first) throw new Error(`${hostname} has no address`)
  if (![first, ...others].every(({ address }) => isPublicAddress(address)))
    throw new AddressNotPublic(`${hostname} leads to an address that is not public`)
  return [first, ...others] as const
}
