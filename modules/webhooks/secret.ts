import { WrongSeal, type Seal } from '#platform/seal'

/** How many secrets sign the requests to one endpoint at most: the current one and two previous ones. */
export const maxSecrets = 3

/** The form in which staff and libraries of Standard Webhooks pass a secret on; `key` is in base64. */
export const secretOf = (key: string): string => `whsec_${key}`

export const keyOf = (secret: string): string => secret.replace(/^whsec_/, '')

/** Why no request can be signed, and the two ways out. It is in the log of the delivery and in `posad check`. */
export const secretLost =
  'WEBHOOK_SECRET is not the one that encrypted the secret of this endpoint: restore the earlier value, or request a new secret for the endpoint and set it in the receiver'

/**
 * Opens the secrets that sign requests, the current one first. Undefined when the current one was closed under another
 * WEBHOOK_SECRET. A previous one of that time signs no more.
 */
export function signingSecretsOf(sealed: readonly string[], seal: Seal): readonly string[] | undefined {
  const [current, ...previous] = sealed.map((one) => openOrUndefined(one, seal))
  return current === undefined ? undefined : [current, ...previous.filter((one) => one !== undefined)]
}

function openOrUndefined(sealed: string, seal: Seal): string | undefined {
  try {
    return seal.open(sealed)
  } catch (error) {
    if (error instanceof WrongSeal) return undefined
    throw error
  }
}
