import { createHash, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'

/** What access tokens are signed with: a shared secret, or Ed25519 keys, of which the first signs and all verify. */
export type TokenKeys =
  | Readonly<{ secret: string }>
  | Readonly<{ privateKey: string; previousPublicKeys?: readonly string[] }>

/** A public key as `/.well-known/jwks.json` shows it (RFC 8037). */
export type Jwk = Readonly<{ kty: 'OKP'; crv: 'Ed25519'; x: string; kid: string; alg: 'EdDSA'; use: 'sig' }>

export type PublicKey = Readonly<{ pem: string; jwk: Jwk }>

/** The public halves that verify: of the signing key first. Throws when a key is not an Ed25519 PEM. */
export function publicKeysOf(keys: TokenKeys): readonly PublicKey[] {
  if ('secret' in keys) return []
  const signing = createPublicKey(createPrivateKey(keys.privateKey))
  return [signing, ...(keys.previousPublicKeys ?? []).map((pem) => createPublicKey(pem))].map(asPublicKey)
}

function asPublicKey(key: KeyObject): PublicKey {
  if (key.asymmetricKeyType !== 'ed25519') throw new TypeError('Keys of access tokens are Ed25519 keys in PEM')
  const { x = '' } = key.export({ format: 'jwk' })
  // RFC 7638: the members in this order and nothing else make the thumbprint.
  const kid = createHash('sha256')
    .update(JSON.stringify({ crv: 'Ed25519', kty: 'OKP', x }))
    .digest('base64url')
  const pem = key.export({ type: 'spki', format: 'pem' })
  return { pem, jwk: { kty: 'OKP', crv: 'Ed25519', x, kid, alg: 'EdDSA', use: 'sig' } }
}
