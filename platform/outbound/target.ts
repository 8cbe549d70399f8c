import { isIP } from 'node:net'
import { isPublicAddress } from './public-address.ts'

/** `public`: https, usual ports and addresses of the Internet only. `any`: also http and private addresses, for development. */
export type Reach = 'public' | 'any'

/** Why a URL is no target. */
export type WrongTarget = 'malformed' | 'not-https' | 'has-credentials' | 'port-not-allowed' | 'address-not-public'

/** Ports at which web servers receive requests; a request to another port could reach a database or a mail server. */
const allowedPorts = new Set(['', '443', '8443'])

/**
 * Why no request may be sent to `text`; undefined when one may. The parser of URLs has turned decimal, octal and hexadecimal
 * addresses into the usual form. A name is checked once more, when its address is known.
 */
export function wrongTarget(text: string, reach: Reach): WrongTarget | undefined {
  const url = URL.parse(text)
  if (!url || !['http:', 'https:'].includes(url.protocol)) return 'malformed'
  if (url.username !== '' || url.password !== '') return 'has-credentials'
  if (reach === 'any') return undefined
  if (url.protocol !== 'https:') return 'not-https'
  if (!allowedPorts.has(url.port)) return 'port-not-allowed'
  const host = hostOf(url)
  const isPublic = isIP(host) === 0 ? !isLocalName(host) : isPublicAddress(host)
  return isPublic ? undefined : 'address-not-public'
}

/** The host without the brackets of IPv6. */
const hostOf = ({ hostname }: URL): string => hostname.replace(/^\[(.*)\]$/, '$1')

/** A name without a dot is one of a local network. */
function isLocalName(host: string): boolean {
  const name = host.replace(/\.$/, '')
  return !name.includes('.') || /\.(localhost|local|internal|home\.arpa)$/.test(name)
}
