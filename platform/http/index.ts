export { answer, type Answer, type Refused } from './answer.ts'
export { admits, personOf, type Access, type Authenticate, type Caller } from './caller.ts'
export { forgetful, type Http, type Remember, type Routes } from './routes.ts'
