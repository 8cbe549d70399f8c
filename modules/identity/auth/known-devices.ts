import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { SigningKeys } from './signing-keys.ts'

/**
 * Knows the devices from which an account was signed in to, by a token that such a device keeps in a cookie (the device
 * cookie of OWASP). The token opens nothing: it only gives the device a login limit of its own.
 */
export type KnownDevices = Readonly<{
  /** The id of the device; undefined unless `token` was issued for this account. */
  idOf: (account: string, token: string | undefined) => string | undefined
  /** A token for a device that has just signed in to `account`; a known device keeps its id. */
  tokenFor: (account: string, token: string | undefined) => string
}>

const idBytes = 16

/** The key is derived from the one of access tokens, so there is nothing more to configure. */
export function openKnownDevices(keys: SigningKeys): KnownDevices {
  const key = createHmac('sha256', 'secret' in keys ? keys.secret : keys.privateKey)
    .update('known devices')
    .digest()
  const sign = (account: string, id: string) => createHmac('sha256', key).update(`${account}\n${id}`).digest()
  const idOf: KnownDevices['idOf'] = (account, token) => {
    const [id, signature] = token?.split('.', 2) ?? []
    if (!id || !signature) return undefined
    const [given, expected] = [Buffer.from(signature, 'base64url'), sign(account, id)]
    return given.length === expected.length && timingSafeEqual(given, expected) ? id : undefined
  }
  return {
    idOf,
    tokenFor: (account, token) => {
      const id = idOf(account, token) ?? randomBytes(idBytes).toString('base64url')
      return `${id}.${sign(account, id).toString('base64url')}`
    },
  }
}
