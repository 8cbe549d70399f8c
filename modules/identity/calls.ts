import { Type } from 'typebox'
import { defineCall } from '#platform/calls'
import { Id, Nullable } from '#platform/schema'
import { ValidTokenView } from './schema.ts'

const Account = Type.Object({
  user_id: Type.String(),
  name: Type.String(),
  email: Nullable(Type.String()),
  is_email_verified: Type.Boolean(),
})

export const accountsOfCall = defineCall({
  path: 'identity/accounts-of',
  input: Type.Object({ user_ids: Type.Array(Id, { maxItems: 1000 }) }),
  output: Type.Object({ accounts: Type.Array(Account) }),
  repeat: 'Reads again.',
})

export const findAccountsCall = defineCall({
  path: 'identity/find-accounts',
  input: Type.Union([
    Type.Object({ telegram_id: Type.String({ maxLength: 20 }) }),
    Type.Object({ search: Type.String({ maxLength: 254 }) }),
  ]),
  output: Type.Object({ user_ids: Type.Array(Id) }),
  repeat: 'Reads again.',
})

/** Null for a token that is not valid. Unlike the public route it counts no address: all callers of a service share one. */
export const validateTokenCall = defineCall({
  path: 'identity/validate-token',
  input: Type.Object({
    token: Type.String({ maxLength: 8192 }),
    use: Type.Optional(Type.Object({ isWrite: Type.Boolean(), isOfStaff: Type.Boolean() })),
  }),
  output: Type.Object({ valid: Nullable(ValidTokenView) }),
  repeat: 'Reads again.',
})
