export { openOutbound, type Outbound, type OutboundResult } from './outbound.ts'
export { wrongTarget, type Reach, type WrongTarget } from './target.ts'
