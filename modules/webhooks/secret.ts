/** How many secrets sign the requests to one endpoint at most: the current one and two previous ones. */
export const maxSecrets = 3

/** The form in which staff and libraries of Standard Webhooks pass a secret on; `key` is in base64. */
export const secretOf = (key: string): string => `whsec_${key}`

export const keyOf = (secret: string): string => secret.replace(/^whsec_/, '')
