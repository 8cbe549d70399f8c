import { createHmac, timingSafeEqual } from 'node:crypto'

/** The rights that a signed link to a file of the local folder gives. */
export type LinkGrant = Readonly<{
  method: 'GET' | 'PUT'
  key: string
  /** Unix time in seconds. */
  expires: number
  /** The size of the file that a PUT brings; undefined for any size. */
  size?: number | undefined
}>

/** The query of a signed link. */
export function signedQuery(secret: string, grant: LinkGrant): string {
  const query = new URLSearchParams({ expires: String(grant.expires) })
  if (grant.size !== undefined) query.set('size', String(grant.size))
  query.set('signature', signatureOf(secret, grant))
  return query.toString()
}

/** True when `signature` is that of the grant and the grant has not expired at `now`. */
export function isGranted(secret: string, grant: LinkGrant, { signature, now }: { signature: string; now: Date }) {
  const expected = Buffer.from(signatureOf(secret, grant))
  const given = Buffer.from(signature)
  const isSigned = expected.length === given.length && timingSafeEqual(expected, given)
  return isSigned && grant.expires * 1000 > now.getTime()
}

const signatureOf = (secret: string, { method, key, expires, size }: LinkGrant): string =>
  createHmac('sha256', secret)
    .update([method, key, expires, size ?? ''].join('\n'))
    .digest('base64url')
