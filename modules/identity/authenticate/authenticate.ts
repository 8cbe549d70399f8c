import type { Authenticate } from '#platform/http'
import { callerOf } from '../claims.ts'
import type { Identify } from '../sessions/identify.ts'
import { machines, type MachineTokens } from './machines.ts'

type Needs = Readonly<{ identify: Identify; machineTokens: MachineTokens }>

/** Tells who the bearer of a token is: a person in a living session, or one of our machines. */
export const authenticate = ({ identify, machineTokens }: Needs): Authenticate => {
  const machineOf = machines(machineTokens)
  return async (token) => {
    const found = await identify(token)
    return found ? callerOf(found.claims, found.standing) : machineOf(token)
  }
}
