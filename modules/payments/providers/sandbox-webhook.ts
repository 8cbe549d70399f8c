import { createHmac, timingSafeEqual } from 'node:crypto'
import { Type } from 'typebox'
import { Compile } from 'typebox/compile'
import { isId } from '#platform/values'
import type { Provider, Webhook } from '../provider.ts'

const signatureHeader = 'x-sandbox-signature'

const Notification = Compile(
  Type.Object({ id: Type.String({ minLength: 1, maxLength: 100 }), payment_id: Type.String() }),
)

/** The webhooks of the sandbox bank: JSON, signed by HMAC-SHA256 over the raw body. */
export function sandboxWebhooks(secret: string) {
  const signatureOf = (body: Uint8Array) => createHmac('sha256', secret).update(body).digest('hex')
  return {
    /** Signs a webhook as the bank does. */
    sign: (notification: object): Webhook => {
      const body = Buffer.from(JSON.stringify(notification))
      return { headers: { [signatureHeader]: signatureOf(body) }, body }
    },
    parse: (({ headers, body }) => {
      if (!equals(headers[signatureHeader], signatureOf(body))) return { kind: 'refused', reason: 'bad-signature' }
      const notification = parseJson(body)
      if (!Notification.Check(notification) || !isId(notification.payment_id))
        return { kind: 'refused', reason: 'malformed-webhook' }
      return { kind: 'authentic', webhook_id: notification.id, payment_id: notification.payment_id }
    }) satisfies NonNullable<Provider['parseWebhook']>,
  }
}

/** Compares in constant time, so that the answer time does not reveal the signature. */
function equals(given: unknown, expected: string): boolean {
  const [one, other] = [Buffer.from(String(given)), Buffer.from(expected)]
  return one.length === other.length && timingSafeEqual(one, other)
}

function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString('utf8'))
  } catch {
    return undefined
  }
}
