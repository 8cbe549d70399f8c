import { createHmac } from 'node:crypto'
import { keyOf } from '../secret.ts'

type Signed = Readonly<{ id: string; at: Date; body: string; secrets: readonly string[] }>

/** The headers of Standard Webhooks 1.0. During a rotation the request has one signature for each valid secret. */
export function signedHeaders({ id, at, body, secrets }: Signed): Record<string, string> {
  const timestamp = String(Math.floor(at.getTime() / 1000))
  const signatures = secrets.map((secret) => {
    const key = Buffer.from(keyOf(secret), 'base64')
    return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`
  })
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures.join(' ') }
}
