export { isPrivateAddress } from './private-address.ts'
export { addressKey } from './address-key.ts'
export { openLimiter, type Limiter, type Rates } from './limiter.ts'
export { Slots } from './slots.ts'
