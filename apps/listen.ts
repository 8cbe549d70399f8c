import { isIP } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { Refusal } from './terminal/refusal.ts'

type Place = Readonly<{ host: string; port: number }>

/** Makes `server` listen, and returns its address. Throws a Refusal when the address cannot be used. */
export async function listen(server: FastifyInstance, { host, port }: Place): Promise<string> {
  try {
    return await server.listen({ host, port })
  } catch (error) {
    throw listenRefusal(error, { host, port })
  }
}

/** Turns an error of `listen` into a sentence for a person; returns any other error unchanged. */
export function listenRefusal(error: unknown, { host, port }: Place): unknown {
  const { code } = error as NodeJS.ErrnoException
  const address = `${isIP(host) === 6 ? `[${host}]` : host}:${port}`
  if (code === 'EADDRINUSE')
    return new Refusal(`${address} is taken by another program: stop it, or start with APP_PORT=${port + 1}`)
  if (code === 'EACCES') return new Refusal(`${address} needs more rights than you have: choose an APP_PORT above 1023`)
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
    return new Refusal(
      `APP_HOST ${host} is not an address of this machine: expected 127.0.0.1, 0.0.0.0 or one of its own`,
    )
  return error
}
