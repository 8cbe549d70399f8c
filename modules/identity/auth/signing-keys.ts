import { createHash, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'

/** Access tokens are signed with a shared secret, or with an Ed25519 key. Previous public keys verify only. */
export type SigningKeys =
  | Readonly<{ secret: string }>
  | Readonly<{ privateKey: string; previousPublicKeys?: readonly string[] }>

/** A public key of `/.well-known/jwks.json` (RFC 8037). */
export type Jwk = Readonly<{ kty: 'OKP'; crv: 'Ed25519'; x: string; kid: string; alg: 'EdDSA'; use: 'sig' }>

export type PublicKey = Readonly<{ pem: string; jwk: Jwk }>

/** The public keys that verify; the one of the signing key is the first. Throws on a key that is not Ed25519 in PEM. */
export function publicKeysOf(keys: SigningKeys): readonly PublicKey[] {
  if ('secret' in keys) return []
  const signing = createPublicKey(createPrivateKey(keys.privateKey))
  return [signing, ...(keys.previousPublicKeys ?? []).map((pem) => createPublicKey(pem))].map(publicKeyOf)
}

function publicKeyOf(key: KeyObject): PublicKey {
  if (key.asymmetricKeyType !== 'ed25519') {
    throw new TypeError(`The key of access tokens is ${key.asymmetricKeyType}: it must be Ed25519 in PEM`)
  }
  const { x = '' } = key.export({ format: 'jwk' })
  // RFC 7638: the thumbprint is made of these members in this order.
  const kid = createHash('sha256')
    .update(JSON.stringify({ crv: 'Ed25519', kty: 'OKP', x }))
    .digest('base64url')
  const pem = key.export({ type: 'spki', format: 'pem' })
  return { pem, jwk: { kty: 'OKP', crv: 'Ed25519', x, kid, alg: 'EdDSA', use: 'sig' } }
}
