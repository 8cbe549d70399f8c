import { createHash, timingSafeEqual } from 'node:crypto'
import type { Caller } from '#platform/access'

/** The tokens of programs. `admin` has every permission; `internal` opens the routes for machines. */
export type MachineTokenSettings = Readonly<{ admin?: string | undefined; internal?: string | undefined }>

/** Returns a function that finds the machine with a token. A token that is not configured, or is empty, matches nothing. */
export function machineTokens({ admin, internal }: MachineTokenSettings) {
  const machines: readonly Caller[] = [
    { kind: 'machine', name: 'admin', permissions: 'all' },
    { kind: 'machine', name: 'internal', permissions: [] },
  ]
  const hashes = [admin, internal].map((token) => (token ? hashOf(token) : undefined))
  return (token: string): Caller | undefined => {
    const hash = hashOf(token)
    // Hashes have one length, so the comparison takes constant time.
    return machines.find((_machine, index) => {
      const known = hashes[index]
      return known !== undefined && timingSafeEqual(known, hash)
    })
  }
}

const hashOf = (token: string): Buffer => createHash('sha256').update(token).digest()
