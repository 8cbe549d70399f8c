export { admits, type Access } from './access.ts'
export { userOf, type Authenticate, type Caller } from './caller.ts'
