import { createHash, timingSafeEqual } from 'node:crypto'
import type { Caller } from '#platform/http'

/** Tokens of programs: `admin` counts as an admin on every staff route, `internal` opens `/internal/*`. */
export type MachineTokens = Readonly<{ admin?: string | undefined; internal?: string | undefined }>
/** Compares hashes, which are of one length, in constant time. A token that is not configured lets nobody in. */
export function machines({ admin, internal }: MachineTokens): (token: string) => Caller | undefined {
  const known = [
    { name: 'admin', token: admin, permissions: 'all' },
    { name: 'internal', token: internal, permissions: [] },
  ] as const
  const configured = known.flatMap(({ token, ...machine }) => (token ? [{ ...machine, hash: hashOf(token) }] : []))
  return (token) => {
    const hash = hashOf(token)
    const machine = configured.find((known) => timingSafeEqual(known.hash, hash))
    return machine && { kind: 'machine', name: machine.name, permissions: machine.permissions }
  }
}

const hashOf = (token: string): Buffer => createHash('sha256').update(token).digest()
