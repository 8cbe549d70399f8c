export { admits, type Access } from './access.ts'
export { userIdOf, userOf, type Authenticate, type Caller, type TokenUse } from './caller.ts'
