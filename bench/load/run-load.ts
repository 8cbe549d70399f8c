import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { Outcome, Plan } from './plan.ts'

/** Sends a load to a server on this machine from another process. Throws when a request fails. */
export async function runLoad(plan: Plan): Promise<Outcome> {
  const child = fork(join(import.meta.dirname, 'load.ts'), { execArgv: [] })
  child.send(plan)
  const [outcome] = (await once(child, 'message')) as [Outcome]
  if (outcome.failed > 0)
    throw new Error(`${outcome.failed} of ${outcome.answered} requests failed: ${outcome.firstFailure}`)
  return outcome
}

type Request = Readonly<{ method?: 'GET' | 'POST'; path: string; token?: string; body?: object }>

/** Writes a request as HTTP/1.1 text. */
export function rawRequest({ method = 'GET', path, token, body }: Request): string {
  const text = body && JSON.stringify(body)
  const lines = [
    `${method} ${path} HTTP/1.1`,
    'host: 127.0.0.1',
    ...(token === undefined ? [] : [`authorization: Bearer ${token}`]),
    ...(text === undefined ? [] : ['content-type: application/json', `content-length: ${Buffer.byteLength(text)}`]),
  ]
  return `${lines.join('\r\n')}\r\n\r\n${text ?? ''}`
}
