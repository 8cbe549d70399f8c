import type { IdentityApi } from '../../api.ts'
import { machineTokens as openMachineTokens, type MachineTokenSettings } from '../../auth/machine-tokens.ts'
import type { VerifyToken } from '../../auth/verify-token.ts'
import { userCallerOf } from '../../caller.ts'

type Needs = Readonly<{ verifyToken: VerifyToken; machineTokens: MachineTokenSettings }>

/** Finds the caller of a token: a user with a session that has not ended, or a machine. */
export const authenticateCaller = ({ verifyToken, machineTokens }: Needs): IdentityApi['authenticate'] => {
  const findMachine = openMachineTokens(machineTokens)
  return async (token, use) => {
    const verified = await verifyToken(token, use)
    return verified ? userCallerOf(verified.claims, verified.status) : findMachine(token)
  }
}
